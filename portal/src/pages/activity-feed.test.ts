import { describe, expect, it } from "vitest";
import { ActivityClock } from "../client/index";
import { feedActivity } from "./activity-feed";

class Counting extends ActivityClock {
  seenTimes = 0;
  override seen(): void {
    this.seenTimes++;
  }
}

describe("Activity on the page", () => {
  it("is every movement of mouse, keyboard or finger (B22)", () => {
    const page = new EventTarget();
    const clock = new Counting();
    feedActivity(clock, page);
    for (const sign of ["pointermove", "keydown", "wheel", "touchstart"]) page.dispatchEvent(new Event(sign));
    expect(clock.seenTimes).toBe(4);
  });
});
