import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoff, rested } from "./backoff";

const pace = { first: 250, most: 30_000 };

describe("backoff", () => {
  it("waits at most the first step before the first try", () => {
    expect(backoff(pace, 0, () => 1)).toBe(250);
    expect(backoff(pace, 0, () => 0)).toBe(0);
  });

  it("doubles the step with each try, up to the most", () => {
    const steps = [0, 1, 2, 3, 6, 7, 8, 1000].map((attempt) => backoff(pace, attempt, () => 1));
    expect(steps).toEqual([250, 500, 1000, 2000, 16_000, 30_000, 30_000, 30_000]);
  });

  it("takes any part of the step, so that clients spread out", () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, part) => {
        const wait = backoff(pace, attempt, () => part);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(Math.min(30_000, 250 * 2 ** Math.min(attempt, 30)));
      }),
    );
  });
});

describe("rested", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is true after the wait", async () => {
    const rest = rested(500, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(500);
    expect(await rest).toBe(true);
  });

  it("is false as soon as the signal aborts, and leaves no timer", async () => {
    const stop = new AbortController();
    const rest = rested(500, stop.signal);
    stop.abort();
    expect(await rest).toBe(false);
    expect(await rested(500, stop.signal)).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});
