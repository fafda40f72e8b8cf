import { describe, expect, it } from "vitest";
import type { Hours } from "../protocol/wire";
import { hoursComplaint, nextHours, officeComplaint, officeWords, zones } from "./office";
import { wholeTime } from "./time";

const nine: Hours = { day: 1, from: "09:00", to: "17:00" };

describe("Office hours (A19)", () => {
  it.each<[string, string, string]>([
    ["09:00", "17:30", ""],
    ["00:00", "24:00", ""],
    ["17:00", "09:00", "The end comes after the beginning."],
    ["09:00", "09:00", "The end comes after the beginning."],
    ["09:00", "", "Enter both times."],
  ])("from %s to %s: %j", (from, to, complaint) => {
    expect(hoursComplaint({ day: 1, from, to })).toBe(complaint);
  });

  it("are none where one is always open, and at least one time otherwise", () => {
    expect(officeComplaint({})).toBe("");
    expect(officeComplaint({ zone: "UTC", week: [nine] })).toBe("");
    expect(officeComplaint({ zone: "UTC", week: [] })).toContain("choose that you are always open");
    expect(officeComplaint({ zone: "UTC", week: [{ ...nine, to: "08:00" }] })).toContain("not right yet");
    expect(officeComplaint({ zone: "UTC", week: Array<Hours>(51).fill(nine) })).toContain("50 times");
  });

  it("go on after the last time of a day", () => {
    expect(nextHours([nine], 2)).toEqual({ day: 2, from: "09:00", to: "17:00" });
    expect(nextHours([nine], 1)).toEqual({ day: 1, from: "17:00", to: "24:00" });
    expect(nextHours([{ ...nine, to: "24:00" }], 1)).toEqual({ day: 1, from: "23:00", to: "24:00" });
  });

  it("are in a time zone of which there are many, and the one that is set", () => {
    expect(zones("Mars/Olympus")).toEqual(expect.arrayContaining(["Europe/London", "Mars/Olympus", "UTC"]));
  });

  it("say what holds now", () => {
    const until = Date.UTC(2026, 10, 23, 9);
    expect(officeWords({ open: true })).toBe("You are open now.");
    expect(officeWords({ open: false, until })).toContain(`You are closed now, until ${wholeTime(until)}`);
  });
});
