import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EntryKind, Session, SessionState } from "../protocol/wire";
import { Page } from "./testing/page";
import { alice, aSession, dave, type World } from "./testing/world";

let page: Page;
let world: World;

const wait = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
/** Tells that the session has changed by an entry. */
const becomes = async (kind: EntryKind, rest: Partial<Session>): Promise<void> => {
  const entry = world.adds({ kind, by: dave });
  world.push("session.changed", { session: aSession({ version: entry.seq, ...rest }), entry });
  await wait();
};
/** Answers a command with the session as it then is. */
const answers = (command: string, kind: EntryKind, rest: Partial<Session>): void =>
  void world.answers.set(command, () => {
    const { seq } = world.adds({ kind, by: alice });
    return { session: aSession({ version: seq, ...rest }), seq };
  });

beforeEach(async () => {
  vi.useFakeTimers();
  page = new Page();
  world = page.world;
  await page.load();
});

afterEach(() => {
  page.client.close();
  expect(vi.getTimerCount(), "timers after close()").toBe(0);
  vi.useRealTimers();
});

describe.each<[SessionState, EntryKind]>([
  ["ended", "ended"],
  ["cancelled", "cancelled"],
  ["declined", "declined"],
  ["abandoned", "callback"],
])("a session that is %s", (state, kind) => {
  beforeEach(() => becomes(kind, { state }));

  it("takes no more messages", () => {
    expect(() => page.live.post("One more thing")).toThrow(`This session is ${state}.`);
  });

  it("is not asked for any more, however long it stays on the page", async () => {
    const before = world.heard("message.resume").length;
    world.sessions = [];
    await wait(600_000);
    world.socket.cut();
    await wait(600_000);
    expect(world.heard("message.resume")).toHaveLength(before);
    expect(world.heard("message.list")).toEqual([]);
    expect(page.live.current).toBe(true);
  });
});

describe("a session that waits for the contact's yes", () => {
  it("takes no messages before, and all after", async () => {
    await becomes("asked", { state: "connecting" });
    expect(() => page.live.post("Hello?")).toThrow("Dave Miller has not agreed yet.");
    await becomes("approved", { state: "active" });
    page.live.post("Hello");
    await wait();
    expect(page.outgoing).toEqual([]);
    expect(page.written).toContain("Hello");
  });

  it("can be withdrawn (C12)", async () => {
    answers("session.cancel", "cancelled", { state: "cancelled" });
    await page.live.cancel();
    expect(page.live.session.state).toBe("cancelled");
  });
});

describe("a session that was given back to those who wait", () => {
  beforeEach(async () => {
    const participants = [
      { ...alice, joined: false },
      { ...dave, joined: true },
    ];
    answers("session.transfer", "transferred", { state: "requested", participants });
    await page.live.transfer();
  });

  it("is no longer the technician's, over reconnects", async () => {
    const before = world.heard("message.resume").length;
    world.sessions = [];
    world.socket.cut();
    await wait(600_000);
    expect(world.heard("message.resume")).toHaveLength(before);
    expect(page.live.current).toBe(false);
    expect(page.live.unreachable).toBeUndefined();
  });

  it("is theirs again when they answer it", async () => {
    answers("session.join", "joined", { state: "active" });
    const joined = page.client.join("acme/1", { answer: true });
    await wait(500);
    expect((await joined).current).toBe(true);
    expect(world.heard("session.join")[0]?.data).toEqual({ session: "acme/1", answer: true });
  });
});

describe("a request", () => {
  it("knows its place among those who wait (P7), and none when it is answered", async () => {
    answers("session.request", "requested", { state: "requested" });
    world.answers.set("session.request", () => ({
      session: aSession({ state: "requested", version: 1 }),
      seq: 1,
      place: 3,
    }));
    void page.client.request("It is slow");
    await wait();
    expect(page.live.place).toBe(3);
    world.push("session.queued", { session: "acme/1", place: 2 });
    await wait();
    expect(page.live.place).toBe(2);
    await becomes("joined", { state: "active", version: 2 });
    expect(page.live.place).toBeUndefined();
  });

  it("can leave a number to be called (F18)", async () => {
    answers("session.callback", "callback", { state: "abandoned", callback: { phone: "112", at: 1 } });
    await page.live.callback({ phone: "112", note: "After four" });
    expect(world.heard("session.callback")[0]?.data).toEqual({
      session: "acme/1",
      phone: "112",
      note: "After four",
    });
    expect(page.live.session.callback?.phone).toBe("112");
  });
});

describe("an abandoned request", () => {
  it("is ended with a note by a technician who takes no part in it (F15)", async () => {
    const left = aSession({ id: "acme/9", state: "abandoned", participants: [{ ...dave, joined: true }] });
    world.answers.set("presence.watch", () => ({
      devices: [],
      contacts: [],
      technicians: [],
      sessions: [left],
      more: false,
    }));
    void page.client.roster.watch(["acme"]);
    await wait();
    world.answers.set("session.end", () => ({
      session: aSession({ id: "acme/9", state: "ended", version: 4 }),
      seq: 4,
    }));
    await page.client.end("acme/9", "Called, fixed.");
    expect(world.heard("session.end")[0]?.data).toEqual({ session: "acme/9", note: "Called, fixed." });
    expect(page.client.roster.sessions.size).toBe(0);
    expect(page.client.sessions.has("acme/9")).toBe(false);
  });
});
