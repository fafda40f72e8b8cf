import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Echo } from "./echo";
import { Page } from "./testing/page";
import { aSession, dave, Refusal, type Socket, type World } from "./testing/world";

const minute = 60_000;

let page: Page;
let world: World;

const wait = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const socket = (n: number): Socket => {
  const found = world.sockets[n];
  if (found === undefined) throw new Error(`there is no connection ${n}`);
  return found;
};
const open = (): number => world.sockets.filter(({ over }) => !over).length;

beforeEach(async () => {
  vi.useFakeTimers();
  page = new Page();
  world = page.world;
  await page.load();
  void page.client.roster.watch(["acme"]);
  world.answers.set("presence.watch", () => ({
    devices: [],
    contacts: [],
    technicians: [],
    sessions: [],
    more: false,
  }));
  await wait();
});

afterEach(() => {
  page.client.close();
  expect(vi.getTimerCount(), "timers after close()").toBe(0);
  vi.useRealTimers();
});

/** Delays every reply that comes from now on. */
const slow = (after: number): void => {
  world.fate = (what) => ({ kind: "arrives", after: what === "reply" ? after : 0 });
};

describe("a connection that grows old (N4)", () => {
  it("is followed by the next before the service ends it, and nobody notices", async () => {
    let blinks = 0;
    page.live.addEventListener("change", () => (blinks += page.live.current ? 0 : 1));
    page.client.roster.addEventListener("change", () => (blinks += page.client.roster.current ? 0 : 1));
    await wait(110 * minute);
    expect(world.sockets).toHaveLength(2);
    expect(socket(0).over).toBe(true);
    expect(page.states).toEqual(["open"]);
    expect(blinks).toBe(0);
    expect(world.heard("presence.hello")).toHaveLength(2);
    expect(world.heard("presence.watch")).toHaveLength(2);
    expect(world.heard("message.resume")).toHaveLength(2);
  });

  it("is never seen to end in a whole day of two-hour connections", async () => {
    world.maxAge = 120 * minute;
    socket(0).accept(); // Begins to age, too.
    for (let n = 0; n < 96; n++) {
      world.says(`theirs ${n}`);
      page.live.post(`mine ${n}`);
      await wait(15 * minute);
    }
    expect(page.states).toEqual(["open"]);
    expect(world.sockets).toHaveLength(14);
    expect(page.live.entries).toEqual(world.transcript);
    expect(world.transcript).toHaveLength(192);
  });

  it("is closed only when what was asked on it is answered", async () => {
    await wait(110 * minute - 100);
    slow(3_000);
    const asked = page.client.office();
    world.answers.set("session.office", () => ({ open: true }));
    await wait(100);
    slow(0);
    await wait(2_000);
    expect(open()).toBe(2);
    await wait(1_000);
    await expect(asked).resolves.toEqual({ open: true });
    expect([open(), socket(0).over]).toEqual([1, true]);
  });

  it("is closed only when the next has caught up", async () => {
    world.answers.set("message.resume", () => {
      throw new Refusal("internal", "Something went wrong on our side.");
    });
    await wait(110 * minute + 2_000);
    expect(open()).toBe(2);
    world.says("heard on the first alone");
    await wait();
    expect(page.lines).toEqual(["heard on the first alone"]);
    world.answers.delete("message.resume");
    await wait(10_000);
    expect(open()).toBe(1);
    world.says("heard on the next");
    await wait();
    expect(page.lines).toEqual(["heard on the first alone", "heard on the next"]);
  });

  it("is kept while the next cannot be made, and the service may still end it", async () => {
    world.handshake = "fails";
    await wait(115 * minute);
    expect(socket(0).over).toBe(false);
    expect(page.states).toEqual(["open"]);
    expect(world.sockets.length).toBeGreaterThan(5);
    world.handshake = "accepts";
    await wait(minute);
    expect([open(), socket(0).over]).toEqual([1, true]);
    expect(page.states).toEqual(["open"]);
    world.handshake = "fails";
    world.socket.cut();
    expect(page.client.state.kind).toBe("waiting");
  });

  it("is there to return to when the next does not last", async () => {
    await wait(110 * minute - 1);
    slow(500);
    await wait(501 + 100); // The next has said hello and resumes.
    socket(1).cut();
    world.says("Still there?");
    page.live.post("I am.");
    await wait(1_000);
    expect(page.states).toEqual(["open"]);
    expect(page.lines).toEqual(["Still there?", "I am."]);
    slow(0);
    await wait(minute);
    expect([open(), socket(0).over]).toEqual([1, true]);
    expect(page.states).toEqual(["open"]);
  });

  it("may end by itself as soon as the next has said hello", async () => {
    await wait(110 * minute - 1);
    slow(500);
    await wait(501 + 100);
    page.live.post("On the next");
    socket(0).cut();
    await wait(2_000);
    expect(page.states).toEqual(["open"]);
    expect(page.lines).toEqual(["On the next"]);
    expect(open()).toBe(1);
  });

  it("brings each push once while both are open", async () => {
    await wait(110 * minute - 1);
    slow(500);
    await wait(501 + 100);
    expect(open()).toBe(2);
    const heard: string[] = [];
    page.client.addEventListener("push", ({ detail }) => heard.push(detail.name));
    const signal = { session: "acme/1", call: "c", peer: "p", to: "q", signal: {} };
    world.push("call.signalled", signal);
    world.push("call.signalled", signal); // The same again, and meant so.
    await wait();
    expect(heard).toEqual(["call.signalled", "call.signalled"]);
    await wait(500);
    expect(open()).toBe(1);
  });

  it("brings sessions whose beginning it has not told", async () => {
    page.client.forget("acme/1");
    world.sessions = [aSession()];
    world.adds({ text: "Hello?" });
    await wait(110 * minute);
    expect(page.lines).toEqual(["Hello?"]);
    expect(open()).toBe(1);
  });

  it("leaves who types typing", async () => {
    await wait(110 * minute - 100);
    world.push("message.typed", { session: "acme/1", by: dave, typing: true });
    await wait(200);
    expect(world.sockets).toHaveLength(2);
    expect(page.live.typing).toEqual([dave]);
  });

  it("is given up with the one beside it when the network goes", async () => {
    await wait(110 * minute - 1);
    slow(500);
    await wait(501 + 100);
    world.goOffline();
    expect(open()).toBe(0);
    world.goOnline();
    slow(0);
    await wait();
    expect(page.states).toEqual(["open", "waiting", "connecting", "open"]);
    expect(open()).toBe(1);
    await wait(500); // For what was on its way.
  });
});

describe("an echo", () => {
  it("is the n-th frame of a text where another connection has brought as many", () => {
    const echo = new Echo();
    const [one, other] = [{}, {}];
    expect(echo.isNew(one, "a")).toBe(true);
    expect(echo.isNew(one, "a")).toBe(true);
    expect(echo.isNew(other, "a")).toBe(false);
    expect(echo.isNew(other, "b")).toBe(true);
    expect(echo.isNew(other, "a")).toBe(false);
    expect(echo.isNew(other, "a")).toBe(true);
    expect(echo.isNew(one, "a")).toBe(false);
  });
});
