import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Session } from "../protocol/wire";
import { Page } from "./testing/page";
import { alice, aSession, dave, type World } from "./testing/world";

let page: Page;
let world: World;

const bob = { id: "bob", name: "Bob Baker", role: "technician" } as const;
const wait = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const offers = (): string[] => page.client.offers.map(({ id }) => id);
const changed = async (session: Session): Promise<void> => {
  world.push("session.changed", { session });
  await wait();
};
const asked = (rest: Partial<Session> = {}): Session =>
  aSession({
    id: "acme/2",
    state: "connecting",
    version: 1,
    participants: [
      { ...alice, joined: true },
      { ...dave, joined: false },
    ],
    ...rest,
  });

beforeEach(() => {
  vi.useFakeTimers();
  page = new Page();
  world = page.world;
  world.sessions = [];
});

afterEach(() => {
  page.client.close();
  expect(vi.getTimerCount(), "timers after close()").toBe(0);
  vi.useRealTimers();
});

describe("what a contact is asked for (A13, C11)", () => {
  beforeEach(async () => {
    world.me = dave;
    await page.load();
  });

  it("is offered until the technician withdraws (C12), without being opened", async () => {
    const told: number[] = [];
    page.client.addEventListener("offers", ({ detail }) => told.push(detail.length));
    await changed(asked());
    expect(offers()).toEqual(["acme/2"]);
    expect(page.client.sessions.size).toBe(0);
    await changed(asked({ state: "cancelled", version: 2 }));
    await changed(asked()); // Late.
    expect(offers()).toEqual([]);
    expect(told).toEqual([1, 0]);
    expect(world.heard("message.resume")).toEqual([]);
  });

  it("is not offered when its end overtakes its beginning", async () => {
    await changed(asked({ state: "cancelled", version: 2 }));
    await changed(asked());
    expect(offers()).toEqual([]);
  });

  it("is a session when they agree", async () => {
    await changed(asked());
    world.answers.set("session.approve", ({ session }) => ({
      session: aSession({ id: String(session), version: 2 }),
      seq: world.adds({ kind: "approved", by: dave }).seq,
    }));
    world.answers.set("message.resume", () => ({
      session: aSession({ id: "acme/2", version: 2 }),
      entries: world.transcript,
      more: false,
      connected: [],
      marks: [],
    }));
    const live = page.client.approve("acme/2");
    await wait();
    expect((await live).entries.map(({ kind }) => kind)).toEqual(["approved"]);
    expect(offers()).toEqual([]);
  });

  it("is gone when they do not", async () => {
    await changed(asked());
    world.answers.set("session.refuse", () => ({
      session: asked({ state: "declined", version: 2 }),
      seq: 2,
    }));
    await page.client.refuse("acme/2");
    expect(offers()).toEqual([]);
    expect(page.client.sessions.size).toBe(0);
  });

  it("is still offered after a reload, and not when it is over by then", async () => {
    world.sessions = [asked()];
    world.socket.cut();
    await wait(200);
    expect(offers()).toEqual(["acme/2"]);
    world.sessions = [];
    world.socket.cut();
    await wait(500);
    expect(offers()).toEqual([]);
  });
});

describe("what a colleague hands on", () => {
  const handed = aSession({
    id: "acme/2",
    version: 5,
    participants: [{ ...bob, joined: true }],
    transfer: { to: alice, by: bob },
  });

  beforeEach(() => page.load());

  it("is offered to the one who is to have it, until it is withdrawn or taken by another", async () => {
    await changed(handed);
    expect(offers()).toEqual(["acme/2"]);
    await changed({ ...handed, version: 6, transfer: { to: bob, by: alice } });
    expect(offers()).toEqual([]);
  });

  it("is found among what they watch after a reload", async () => {
    world.answers.set("presence.watch", () => ({
      devices: [],
      contacts: [],
      technicians: [],
      sessions: [handed],
      more: false,
    }));
    void page.client.roster.watch(["acme"]);
    await wait();
    expect(offers()).toEqual(["acme/2"]);
  });

  it("is still offered after a reload, and not when it is over by then", async () => {
    world.sessions = [handed];
    world.socket.cut();
    await wait(200);
    expect(offers()).toEqual(["acme/2"]);
    expect(page.client.sessions.has("acme/2")).toBe(false);
  });

  it("is theirs when they take it", async () => {
    await changed(handed);
    world.answers.set("session.take", ({ session }) => ({
      session: aSession({ id: String(session), version: 6, owner: alice.id }),
      seq: 6,
    }));
    const taken = page.client.take("acme/2");
    await wait();
    expect((await taken).session.owner).toBe(alice.id);
    expect(offers()).toEqual([]);
    expect(world.heard("session.take")[0]?.data).toEqual({ session: "acme/2" });
  });
});
