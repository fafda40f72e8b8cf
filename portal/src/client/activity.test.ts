import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ActivityClock } from "./activity";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the activity of an end user", () => {
  let clock: ActivityClock;
  let told: string[];

  beforeEach(() => {
    clock = new ActivityClock();
    told = [];
    clock.addEventListener("change", ({ detail }) => told.push(detail));
    clock.start(300);
  });

  it("is away after 5 minutes without any (B23), not a second before", () => {
    vi.advanceTimersByTime(299_999);
    expect(clock.activity).toBe("online");
    vi.advanceTimersByTime(1);
    expect(clock.activity).toBe("away");
    expect(told).toEqual(["away"]);
  });

  it("is online at the first movement (B22)", () => {
    vi.advanceTimersByTime(300_000);
    clock.seen();
    expect(clock.activity).toBe("online");
    expect(told).toEqual(["away", "online"]);
  });

  it("counts from the last movement, with one timer for all", () => {
    for (let ms = 0; ms < 600_000; ms += 1000) {
      clock.seen();
      vi.advanceTimersByTime(1000);
    }
    expect(told).toEqual([]);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(299_000);
    expect(told).toEqual(["away"]);
  });

  it("looks no more when stopped", () => {
    clock.stop();
    vi.advanceTimersByTime(600_000);
    clock.seen();
    expect(told).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
