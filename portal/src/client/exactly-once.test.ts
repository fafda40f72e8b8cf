import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Page } from "./testing/page";
import { alice, type Fate } from "./testing/world";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What becomes of the frames, one after the other: half of them arrive at once. */
const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Fate>({ kind: "arrives", after: 0 }) },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 1, max: 2000 }).map((after): Fate => ({ kind: "arrives", after })),
  },
  { weight: 1, arbitrary: fc.constant<Fate>({ kind: "lost" }) },
  { weight: 1, arbitrary: fc.constant<Fate>({ kind: "cut" }) },
);

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant("post" as const) },
  { weight: 4, arbitrary: fc.constant("says" as const) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 5000 }) }, // Wait so many milliseconds.
  { weight: 1, arbitrary: fc.constant("cut" as const) },
  { weight: 1, arbitrary: fc.constant("offline" as const) },
  { weight: 1, arbitrary: fc.constant("online" as const) },
  { weight: 1, arbitrary: fc.constant("reload" as const) },
);

type Step = "post" | "says" | "cut" | "offline" | "online" | "reload" | number;

/** A page with everything that goes wrong around it. */
class Story {
  readonly page = new Page();
  readonly posted: string[] = [];

  constructor(fates: Fate[], renewAfter: number, maxAge: number) {
    this.page.renewAfter = renewAfter;
    this.page.world.maxAge = maxAge;
    this.page.world.fate = () => fates.shift() ?? { kind: "arrives", after: 0 };
    this.page.start();
  }

  async happens(what: Step): Promise<void> {
    const { world, client } = this.page;
    if (typeof what === "number") await vi.advanceTimersByTimeAsync(what);
    if (what === "post") this.post();
    if (what === "says") world.says("…");
    if (what === "cut") world.socket.cut();
    if (what === "offline") world.goOffline();
    if (what === "online") world.goOnline();
    if (what !== "reload") return;
    client.close();
    world.socket.cut();
    this.page.start();
  }

  post(): void {
    const live = this.page.client.sessions.get("acme/1");
    if (live !== undefined) this.posted.push(live.post(`mine ${this.posted.length}`));
  }
}

describe("whatever is lost, late, cut or renewed on the way (N3, N4)", () => {
  it("every message is in the transcript once, in order, and the page shows the transcript", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { maxLength: 60 }),
        fc.array(step, { maxLength: 40 }),
        fc.constantFrom(110 * 60_000, 2_000, 10_000),
        fc.constantFrom(Infinity, 3_000, 11_000),
        async (fates, steps, renewAfter, maxAge) => {
          vi.clearAllTimers();
          const ahead = [...fates];
          const story = new Story(ahead, renewAfter, maxAge);
          const { page } = story;
          const { world } = page;
          await vi.advanceTimersByTimeAsync(0);
          for (const what of steps) await story.happens(what);
          world.goOnline();
          ahead.length = 0;
          await vi.advanceTimersByTimeAsync(300_000);

          const mine = world.transcript.filter(({ by }) => by.id === alice.id);
          expect(mine.map(({ message }) => message)).toEqual(story.posted);
          expect(page.live.entries).toEqual(world.transcript);
          expect(page.live.outgoing).toEqual([]);
          expect(page.drawer.items.size).toBe(0);
          page.client.close();
          expect(vi.getTimerCount()).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);
});
