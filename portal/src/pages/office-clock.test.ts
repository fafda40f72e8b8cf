import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Office } from "../protocol/wire";
import { OfficeClock } from "./office-clock";

describe("The office clock", () => {
  const start = 1_000_000_000_000;
  let says: () => Promise<Office>;
  let clock: OfficeClock;

  beforeEach(() => {
    vi.useFakeTimers({ now: start });
    clock = new OfficeClock({ office: () => says(), now: () => Date.now() }, () => undefined);
  });
  afterEach(() => vi.useRealTimers());

  it("asks again when the office opens or closes (A19, F7)", async () => {
    says = () => Promise.resolve({ open: false, until: start + 60_000 });
    await clock.ask();
    expect(clock.now?.open).toBe(false);
    says = () => Promise.resolve({ open: true });
    await vi.advanceTimersByTimeAsync(61_001);
    expect(clock.now?.open).toBe(true);
  });

  it("stays as it was where nobody answers", async () => {
    says = () => Promise.resolve({ open: false });
    await clock.ask();
    says = () => Promise.reject(new Error("no connection"));
    await clock.ask();
    expect(clock.now).toEqual({ open: false });
  });
});
