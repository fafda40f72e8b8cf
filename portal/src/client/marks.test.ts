import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Page } from "./testing/page";
import { alice, aSession, dave, Refusal, type World } from "./testing/world";

let page: Page;
let world: World;

const wait = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const told = (): unknown[] =>
  world.heard("message.read").map(({ data: { delivered, read } }) => [delivered, read]);
const mark = (participant: string, delivered: number, read: number): void =>
  world.push("message.marked", { session: "acme/1", mark: { participant, delivered, read } });

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

describe("how far one's own messages have come (P4)", () => {
  it("is as far as with whoever of the others has come furthest", async () => {
    page.live.post("one");
    page.live.post("two");
    await wait();
    const ticks = (): string[] => page.live.entries.map((entry) => page.live.deliveryOf(entry));
    expect(ticks()).toEqual(["sent", "sent"]);
    mark(dave.id, 2, 0);
    await wait();
    expect(ticks()).toEqual(["delivered", "delivered"]);
    mark(dave.id, 2, 1);
    mark(alice.id, 2, 2); // Oneself on another page.
    await wait();
    expect(ticks()).toEqual(["read", "delivered"]);
    expect(page.live.deliveryOf(2)).toBe("delivered");
  });

  it("never goes back, whatever comes late", async () => {
    mark(dave.id, 5, 4);
    mark(dave.id, 3, 3);
    mark(dave.id, 6, 1);
    await wait();
    expect(page.live.marks.get(dave.id)).toEqual({ participant: dave.id, delivered: 6, read: 4 });
  });

  it("is known again after a reload", async () => {
    world.marks = [{ participant: dave.id, delivered: 9, read: 7 }];
    page.client.close();
    await page.load();
    expect([7, 9, 10].map((seq) => page.live.deliveryOf(seq))).toEqual(["read", "delivered", "sent"]);
  });
});

describe("what called somebody who does not look (N17)", () => {
  const called = (): unknown[][] =>
    world
      .heard("message.read")
      .map(({ data: { delivered, read, notified, rung } }) => [delivered, read, notified, rung]);
  const begun = async (): Promise<void> => {
    world.me = dave; // A contact; the others are technicians.
    page.client.close();
    await page.load();
    page.live.addEventListener("news", ({ detail }) => page.live.notified(detail.seq, "toast"));
  };

  it("is told with what was delivered, in one command", async () => {
    await begun();
    world.push("session.changed", { session: aSession(), entry: world.adds({ kind: "joined", by: alice }) });
    world.says("Are you there?", alice);
    await wait(60_000);
    expect(called()).toEqual([[2, 0, 2, "toast"]]);
    page.live.read(2);
    await wait(60_000);
    expect(called().slice(1)).toEqual([[2, 2, undefined, undefined]]);
  });

  it("is told of a nudge as of a message", async () => {
    await begun();
    world.push("message.posted", { session: "acme/1", entry: world.adds({ kind: "nudged", by: alice }) });
    await wait(60_000);
    expect(called()).toEqual([[1, 0, 1, "toast"]]);
  });

  it("takes, beside as many commands as there are messages, one in a minute at the most", async () => {
    await begun();
    for (let n = 0; n < 20; n++) {
      world.says(`line ${n}`, alice); // Each is called for, and then read: two things to tell.
      await wait(10_000);
      page.live.read(n + 1);
      await wait(5_000);
    }
    const all = called();
    expect(all.filter(([, read]) => read === 20)).toHaveLength(1);
    expect(all.filter((one) => one[3] === "toast").length).toBeGreaterThan(3);
    expect(all.length).toBeLessThanOrEqual(20 + 5);
  });

  it("tells that it was read without waiting for a call to be told of", async () => {
    await begun();
    world.says("one", alice);
    await wait(1_000);
    page.live.read(1);
    await wait(3_000);
    world.says("two", alice); // Nothing is left to tell that it has called, for most of a minute.
    await wait(1_000);
    page.live.read(2);
    await wait(3_000);
    expect(called().at(-1)).toEqual([2, 2, undefined, undefined]);
  });

  it("is not told of what was seen before that could be told", async () => {
    await begun();
    world.says("Hello", alice);
    await wait();
    page.live.read(1);
    await wait(60_000);
    expect(called()).toEqual([[1, 1, undefined, undefined]]);
  });

  it("is the best of what several pages tell, and is not told again", async () => {
    await begun();
    world.says("Hello", alice);
    await wait();
    world.push("message.marked", {
      session: "acme/1",
      mark: { participant: dave.id, delivered: 1, read: 0, notified: 1, rung: "toast", notifiedAt: 5 },
    });
    await wait(60_000);
    expect(called()).toEqual([]);
  });

  it("a technician never tells a contact", async () => {
    page.live.addEventListener("news", ({ detail }) => page.live.notified(detail.seq, "toast"));
    world.says("Hello?");
    world.says("Anybody?");
    await wait(60_000);
    expect(called()).toEqual([[2, 0, undefined, undefined]]);
  });

  it("is shown beside delivered and read, and never gets weaker", async () => {
    page.live.post("one");
    await wait();
    const told = (notified: number, rung: string, at: number): void =>
      world.push("message.marked", {
        session: "acme/1",
        mark: { participant: dave.id, delivered: 1, read: 0, notified, rung, notifiedAt: at },
      });
    told(1, "tone", 7);
    told(1, "dot", 8);
    await wait();
    expect(page.live.deliveryOf(1)).toBe("notified");
    expect(page.live.marks.get(dave.id)).toMatchObject({ rung: "tone", notifiedAt: 7 });
    told(1, "toast", 9);
    await wait();
    expect(page.live.marks.get(dave.id)).toMatchObject({ rung: "toast", notifiedAt: 9 });
    mark(dave.id, 1, 1);
    await wait();
    expect(page.live.deliveryOf(1)).toBe("read");
  });
});

describe("telling how far one has come", () => {
  it("takes one command for what arrives on the screen", async () => {
    const { seq } = world.says("Hello");
    await wait();
    page.live.read(seq);
    page.live.read(seq);
    await wait(60_000);
    expect(told()).toEqual([[1, 1]]);
  });

  it("takes one command in two seconds, however much is said", async () => {
    for (let n = 0; n < 100; n++) {
      page.live.read(world.says(`line ${n}`).seq - 1);
      await wait(100);
    }
    page.live.read(100);
    await wait(5_000);
    expect(told().length).toBeLessThan(8);
    expect(told().at(-1)).toEqual([100, 100]);
  });

  it("tells first that it arrived, and later that it was read", async () => {
    world.adds({ kind: "started", by: dave });
    world.says("Hello");
    await wait(1_000);
    expect(told()).toEqual([[2, 0]]);
    page.live.read(2);
    await wait(5_000);
    expect(told()).toEqual([
      [2, 0],
      [2, 2],
    ]);
  });

  it("never takes more commands than there were entries of others", async () => {
    const { seq } = world.says("Hello"); // The only one: what it allows is kept for reading.
    await wait(60_000);
    expect(told()).toEqual([]);
    page.live.read(seq);
    page.live.post("Hello yourself");
    await wait(60_000);
    expect(told()).toEqual([[1, 1]]);
  });

  it("says nothing of one's own messages, nor of what the service knows already", async () => {
    world.marks = [{ participant: alice.id, delivered: 2, read: 2 }];
    world.adds({ kind: "started", by: dave });
    world.adds({ text: "Hello" });
    page.client.close();
    await page.load();
    page.live.read(2);
    page.live.post("Hello yourself");
    await wait(10_000);
    page.live.read(3);
    await wait(60_000);
    expect(told()).toEqual([]);
  });

  it("leaves to the page that was first what two pages have read", async () => {
    const { seq } = world.says("Hello");
    await wait();
    page.live.read(seq);
    mark(alice.id, seq, seq);
    await wait(60_000);
    expect(told()).toEqual([]);
  });

  it("is tried again where that helps, as often as there is something to tell", async () => {
    world.answers.set("message.read", () => {
      throw new Refusal("unavailable", "Later.");
    });
    world.adds({ text: "one" });
    world.says("two");
    await wait(500);
    page.live.read(2);
    await wait(2_000);
    world.answers.clear();
    await wait(60_000);
    expect(told()).toHaveLength(2);
  });

  it("waits for the connection", async () => {
    const { seq } = world.says("Hello");
    await wait();
    world.goOffline();
    page.live.read(seq);
    await wait(10_000);
    world.goOnline();
    await wait(1_000);
    expect(told()).toEqual([[1, 1]]);
  });
});
