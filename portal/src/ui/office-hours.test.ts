import { html } from "lit";
import { describe, expect, it, vi } from "vitest";
import type { OfficeHours as Value } from "../protocol/wire";
import "./office-hours";
import type { OfficeHours } from "./office-hours";
import { all, draw, one, oneOf, press, settled, words } from "./testing";

const week: Value = {
  zone: "Europe/London",
  week: [
    { day: 1, from: "09:00", to: "12:00" },
    { day: 1, from: "13:00", to: "24:00" },
  ],
};

async function drawn(value: Value): Promise<{ editor: OfficeHours; told: Value[] }> {
  const editor = await draw<OfficeHours>(html`<parley-office-hours .value=${value}></parley-office-hours>`);
  const told: Value[] = [];
  editor.addEventListener("change", (event) => told.push((event as CustomEvent<Value>).detail));
  return { editor, told };
}

const sets = async (editor: OfficeHours, label: string, value: string): Promise<void> => {
  const field = oneOf(HTMLInputElement, editor, `[aria-label="${label}"]`);
  field.value = value;
  field.dispatchEvent(new Event("change"));
  await settled(editor);
};

// All of the four hundred zones are slow to draw without a browser.
vi.spyOn(Intl, "supportedValuesOf").mockReturnValue(["America/Lima", "Europe/London"]);

describe("The editor of office hours (A19)", () => {
  it("shows nothing more where one is always open, and a usual week once one is not", async () => {
    const { editor, told } = await drawn({});
    expect(all(editor, ".day")).toEqual([]);
    one(editor, "[type=checkbox]").dispatchEvent(new Event("change"));
    await settled(editor);
    expect(all(editor, ".day")).toHaveLength(7);
    expect(told[0]?.week).toHaveLength(5);
    expect(told[0]?.zone).not.toBe("");
    one(editor, "[type=checkbox]").dispatchEvent(new Event("change"));
    expect(told[1]).toEqual({});
  });

  it("shows every time of a day, midnight as a clock has it, and the days that are closed", async () => {
    const { editor } = await drawn(week);
    const times = all(editor, "[type=time]").map((field) => (field as HTMLInputElement).value);
    expect(times).toEqual(["09:00", "12:00", "13:00", "00:00"]);
    expect(words(one(editor, "[aria-label=Tuesday]"))).toContain("Closed");
    expect(oneOf(HTMLSelectElement, editor, "select").value).toBe("Europe/London");
  });

  it("changes a time, and takes midnight for the end of the day", async () => {
    const { editor, told } = await drawn(week);
    await sets(editor, "Monday, time 1: open to", "12:30");
    await sets(editor, "Monday, time 2: open to", "17:00");
    await sets(editor, "Monday, time 2: open to", "00:00");
    expect(told.map((value) => value.week?.map(({ to }) => to))).toEqual([
      ["12:30", "24:00"],
      ["12:30", "17:00"],
      ["12:30", "24:00"],
    ]);
  });

  it("adds a time to a day and takes it away again", async () => {
    const { editor, told } = await drawn(week);
    press(editor, "Add a time on Sunday");
    await settled(editor);
    expect(told.at(-1)?.week?.at(-1)).toEqual({ day: 0, from: "09:00", to: "17:00" });
    press(editor, "Remove Sunday, 09:00 to 17:00");
    await settled(editor);
    expect(told.at(-1)).toEqual(week);
  });

  it("says beside a time what is wrong with it", async () => {
    const { editor } = await drawn(week);
    await sets(editor, "Monday, time 1: open to", "08:00");
    expect(words(one(editor, "[role=alert]"))).toBe("The end comes after the beginning.");
  });

  it("takes over holidays that are days, each once, and says where some are none", async () => {
    const { editor, told } = await drawn(week);
    const field = oneOf(HTMLInputElement, editor, "#holidays");
    const enters = async (text: string): Promise<void> => {
      field.value = text;
      field.dispatchEvent(new Event("change"));
      await settled(editor);
    };
    await enters(" 2026-12-26, 2026-12-25 2026-12-26");
    expect(told).toEqual([{ ...week, holidays: ["2026-12-25", "2026-12-26"] }]);
    await enters("2026-02-30");
    expect(told).toHaveLength(1);
    expect(field.getAttribute("aria-invalid")).toBe("true");
    await enters("");
    expect(told[1]).toEqual(week);
  });
});
