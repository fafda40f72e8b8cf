import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Page } from "./testing/page";
import { alice, aSession, dave, Refusal, type World } from "./testing/world";

let page: Page;
let world: World;

const wait = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

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

describe("posting", () => {
  it("shows the message at once, and in its place when it is sent", async () => {
    world.fate = (what) => ({ kind: "arrives", after: what === "reply" ? 100 : 50 });
    page.live.post("Hello");
    expect(page.outgoing).toEqual(["Hello: sending"]);
    expect(page.lines).toEqual([]);
    await wait(200);
    expect(page.outgoing).toEqual([]);
    expect(page.lines).toEqual(["Hello"]);
  });

  it("needs no push: the reply is enough", async () => {
    world.fate = (what) => (what === "push" ? { kind: "lost" } : { kind: "arrives", after: 0 });
    page.live.post("Hello");
    await wait();
    expect(page.live.entries).toMatchObject([{ seq: 1, kind: "message", by: alice, text: "Hello" }]);
  });

  it("stays behind what is still missing before it", async () => {
    world.adds({ text: "lost" });
    page.live.post("Hello");
    await wait();
    expect(page.outgoing).toEqual(["Hello: sent"]);
    await wait(400);
    expect(page.outgoing).toEqual([]);
    expect(page.lines).toEqual(["lost", "Hello"]);
  });

  it("sends one at a time, in order", async () => {
    world.fate = (what) => ({ kind: "arrives", after: what === "command" ? 50 : 0 });
    for (const text of ["one", "two", "three"]) page.live.post(text);
    await wait(50);
    expect(page.written).toEqual(["one"]);
    await wait(100);
    expect(page.written).toEqual(["one", "two", "three"]);
  });

  it("refuses a text that is empty or longer than 8,192 bytes", () => {
    expect(() => page.live.post("")).toThrow("A message has 1 to 8192 bytes.");
    expect(() => page.live.post("é".repeat(4097))).toThrow("A message has 1 to 8192 bytes.");
    expect(page.outgoing).toEqual([]);
  });

  it("keeps its id and its after over all tries", async () => {
    world.says("before");
    await wait();
    let tries = 0;
    world.answers.set("message.post", () => {
      world.says("meanwhile");
      if (++tries < 4) throw new Refusal("unavailable", "Later.");
      return { seq: world.transcript.length + 1, at: 0 };
    });
    page.live.post("Hello");
    await wait(10_000);
    const asked = world.heard("message.post").map(({ data }) => data);
    expect(asked).toHaveLength(4);
    expect(new Set(asked.map(({ message }) => message)).size).toBe(1);
    expect(asked.map(({ after }) => after)).toEqual([1, 1, 1, 1]);
  });

  it("shows a message that the service refuses, and goes on with the next", async () => {
    world.answers.set("message.post", ({ text }) => {
      if (text === "bad") throw new Refusal("invalid", "This cannot be posted.");
      return { seq: 1, at: 0 };
    });
    const bad = page.live.post("bad");
    page.live.post("good");
    await wait();
    expect(page.outgoing).toEqual(["bad: failed"]);
    expect(page.lines).toEqual(["good"]);
    page.live.discard(bad);
    expect(page.outgoing).toEqual([]);
  });
});

describe("posting while cut off (N5)", () => {
  it("waits, and goes out once and in order when the network is back", async () => {
    world.goOffline();
    for (const text of ["one", "two", "three"]) page.live.post(text);
    await wait(5000);
    expect(page.outgoing).toEqual(["one: waiting", "two: waiting", "three: waiting"]);
    world.goOnline();
    await wait();
    expect(page.written).toEqual(["one", "two", "three"]);
    expect(page.lines).toEqual(page.written);
    expect(page.outgoing).toEqual([]);
  });

  it("does not send again what resuming shows to have arrived (N3)", async () => {
    world.fate = (what) => (what === "command" ? { kind: "arrives", after: 0 } : { kind: "cut" });
    page.live.post("Hello"); // It arrives; the connection is cut with the reply.
    await wait();
    world.fate = () => ({ kind: "arrives", after: 0 });
    await wait(200);
    expect(page.written).toEqual(["Hello"]);
    expect(page.lines).toEqual(["Hello"]);
    expect(world.heard("message.post")).toHaveLength(1);
  });

  it("survives a reload of the page", async () => {
    world.goOffline();
    page.live.post("one");
    page.live.post("two");
    page.client.close();
    world.goOnline();
    await page.load();
    expect(page.written).toEqual(["one", "two"]);
    expect(page.lines).toEqual(["one", "two"]);
    expect(page.drawer.items.size).toBe(0);
  });

  it("survives a reload even when the session is no longer among the caller's", async () => {
    world.goOffline();
    page.live.post("one");
    page.client.close();
    world.sessions = [];
    world.answers.set("message.post", () => {
      throw new Refusal("conflict", "This session is ended.");
    });
    world.goOnline();
    await page.load();
    expect(page.outgoing).toEqual(["one: failed"]);
  });

  it("is not sent for somebody else who logs on in the same window", async () => {
    world.goOffline();
    page.live.post("private");
    page.client.close();
    world.me = dave;
    world.goOnline();
    await page.load();
    expect(page.written).toEqual([]);
    expect(page.outgoing).toEqual([]);
  });

  it("does not mind a storage that is full, blocked or spoilt", async () => {
    page.client.close();
    page.drawer.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    for (const spoilt of ["{", "7", '[{"session":1}]', "[null]"]) {
      page.drawer.items.set("parley.outbox.alice", spoilt);
      await page.load();
      expect(page.outgoing).toEqual([]);
      page.client.close();
    }
    await page.load();
    page.live.post("Hello");
    await wait();
    expect(page.written).toEqual(["Hello"]);
  });

  it("can be taken back before it was tried, not after", async () => {
    world.goOffline();
    const never = page.live.post("never mind");
    page.live.discard(never);
    expect(page.outgoing).toEqual([]);
    world.goOnline();
    await wait();
    world.fate = () => ({ kind: "lost" });
    const tried = page.live.post("tried");
    page.live.discard(tried);
    expect(page.outgoing).toEqual(["tried: sending"]);
  });
});

describe("messages for a session that is not to be had any more", () => {
  beforeEach(async () => {
    world.goOffline();
    page.live.post("one");
    page.live.post("two");
    page.client.close();
    world.sessions = [];
    world.answers.set("message.resume", () => {
      throw new Refusal("not_found", "There is no such session.");
    });
    world.goOnline();
    await page.load();
  });

  const undelivered = (): string[] =>
    page.client.undelivered.map(({ text, fault }) => `${text}: ${fault.message}`);

  it("are kept with the reason, over another reload, too", async () => {
    expect(undelivered()).toEqual(["one: There is no such session.", "two: There is no such session."]);
    page.client.close();
    await page.load();
    expect(undelivered()).toHaveLength(2);
    expect(world.heard("message.resume")).toHaveLength(2); // Before the first reload, and once after it.
  });

  it("are gone when they are discarded", () => {
    const told: number[] = [];
    page.client.addEventListener("undelivered", ({ detail }) => told.push(detail.length));
    for (const { message } of page.client.undelivered) page.client.discard(message);
    expect(told).toEqual([1, 0]);
    expect(page.drawer.items.size).toBe(0);
  });

  it("are sent when they are tried again and the session is there, in their order and under their ids", async () => {
    world.answers.clear();
    const [first, second] = page.client.undelivered.map(({ message }) => message);
    const sent = page.client.retry(second ?? "");
    await wait(1_000);
    await sent;
    expect(page.written).toEqual(["two"]);
    expect(page.outgoing).toEqual(["one: failed"]);
    page.live.retry(first ?? "");
    await wait(1_000);
    expect(page.written).toEqual(["two", "one"]);
    expect(world.heard("message.post").map(({ data }) => data["message"])).toEqual([second, first]);
    expect(undelivered()).toEqual([]);
  });

  it("stay when they are tried again in vain", async () => {
    const [first] = page.client.undelivered;
    world.answers.set("message.resume", () => {
      throw new Refusal("forbidden", "You are not in this session.");
    });
    const refused = expect(page.client.retry(first?.message ?? "")).rejects.toThrow(
      "You are not in this session.",
    );
    await wait(1_000);
    await refused;
    expect(undelivered()).toEqual(["one: You are not in this session.", "two: There is no such session."]);
    world.push("session.changed", { session: aSession({ state: "ended", version: 9 }) });
    await wait();
    expect(undelivered()).toHaveLength(2);
  });

  it("show as failed in the session when it is there again, and are not sent by themselves", async () => {
    world.answers.clear();
    world.push("session.changed", { session: aSession() });
    await wait();
    expect(page.outgoing).toEqual(["one: failed", "two: failed"]);
    expect(undelivered()).toEqual([]);
    expect(page.written).toEqual([]);
  });
});
