import { html } from "lit";
import { describe, expect, it } from "vitest";
import type { DeviceRow } from "../protocol/wire";
import "./device-mark";
import type { DeviceMark } from "./device-mark";
import { deviceWords } from "./device-words";
import { device, enrolled, now } from "./samples";
import { all, draw, one, settled, words } from "./testing";

const minute = 60_000;
const shown = (row: DeviceRow): Promise<DeviceMark> =>
  draw(html`<parley-device .row=${row} .now=${() => now}></parley-device>`);
const view = (mark: DeviceMark): string =>
  all(mark, "#view")
    .map((panel) => words(panel))
    .join("");

describe("The check-in state of a device", () => {
  const bob = { id: "b", name: "Bob", activeAt: now };
  const idle = { ...bob, activeAt: now - 10 * minute };
  const states: [string, Partial<DeviceRow>, string][] = [
    ["B7", { auditing: true }, "waiting"],
    ["B8", {}, "online"],
    ["B9", { users: [bob] }, "used"],
    ["B10", { users: [idle] }, "idle"],
    ["B11", { until: now }, "offline"],
    ["B13", { noRemote: true }, "uncontrolled"],
    ["B14", { suspended: true }, "suspended"],
  ];

  it.each(states)("has a picture and words of its own (%s)", async (_, told, state) => {
    const mark = await shown(device("d1", told));
    const button = one(mark, "button");
    expect(button.getAttribute("aria-label")).toBe(`D1: ${deviceWords[state as keyof typeof deviceWords]}`);
    expect(button.className).toBe(state);
  });

  it("has them for one that never checked in (B12)", async () => {
    const mark = await shown(enrolled("d1"));
    expect(one(mark, "button").getAttribute("aria-label")).toBe("D1: Never checked in");
  });

  it("differs by its picture too, and not by colour alone", async () => {
    const pictures = new Set<string>();
    for (const [, told] of states) {
      const mark = await shown(device("d1", told));
      pictures.add(one(mark, "button").querySelector("svg")?.innerHTML ?? "");
    }
    expect(pictures.size).toBe(states.length);
  });

  it("shows a quick view while pointer or focus is on it, and Escape puts it away (B15)", async () => {
    const mark = await shown(device("d1", { users: [bob, { ...idle, name: "Eve" }] }));
    expect(view(mark)).toBe("");
    for (const [begin, end] of [
      [
        (): boolean => one(mark, "button").dispatchEvent(new Event("pointerenter")),
        new Event("pointerleave"),
      ],
      [
        (): boolean => one(mark, "button").dispatchEvent(new Event("focus")),
        new KeyboardEvent("keydown", { key: "Escape" }),
      ],
    ] as const) {
      begin();
      await settled(mark);
      expect(view(mark)).toContain("Logged on Bob, active Logged on Eve, idle for 10 minutes");
      expect(view(mark)).toContain("Last check-in 5 minutes ago");
      mark.dispatchEvent(end);
      await settled(mark);
      expect(view(mark)).toBe("");
    }
  });
});
