import { describe, expect, it } from "vitest";
import { dayName, runningTime, spokenTime } from "./time";

describe("A running time", () => {
  it.each([
    [0, "00:00"],
    [23_999, "00:23"],
    [59_999, "00:59"],
    [60_000, "01:00"],
    [3_599_999, "59:59"],
    [3_723_000, "1:02:03"],
    [-5_000, "00:00"],
  ])("of %i ms is %s", (milliseconds, shown) => expect(runningTime(milliseconds)).toBe(shown));
});

describe("A length of time in words", () => {
  it.each([
    [1, "1 second"],
    [59, "59 seconds"],
    [60, "1 minute"],
    [3600, "1 hour"],
    [3660, "1 hour 1 minute"],
    [7320, "2 hours 2 minutes"],
  ])("of %i s is %s", (seconds, said) => expect(spokenTime(seconds)).toBe(said));
});

describe("The name of a day", () => {
  const noon = new Date(2026, 10, 22, 12).getTime();
  it("is Today and Yesterday by midnight, not by 24 hours", () => {
    expect(dayName(new Date(2026, 10, 22, 0, 1).getTime(), noon)).toBe("Today");
    expect(dayName(new Date(2026, 10, 21, 23, 59).getTime(), noon)).toBe("Yesterday");
  });
  it("is the date before that", () => expect(dayName(new Date(2026, 10, 1).getTime(), noon)).toContain("1"));
});
