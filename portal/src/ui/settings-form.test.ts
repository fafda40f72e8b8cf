import { html } from "lit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Settings } from "../protocol/wire";
import type { Told } from "./events";
import "./settings-form";
import type { SettingsForm } from "./settings-form";
import { all, button, draw, one, oneOf, press, settled, told, words, write } from "./testing";

const settings: Settings = {
  retentionDays: 30,
  askManaged: false,
  askOnDemand: true,
  officeHours: {},
  version: 4,
};

// All of the four hundred zones are slow to draw without a browser.
vi.spyOn(Intl, "supportedValuesOf").mockReturnValue(["America/Lima", "Europe/London"]);

describe("The settings of the deployment", () => {
  let form: SettingsForm;
  let saved: Told["parley-save"][];

  beforeEach(async () => {
    form = await draw(html`<parley-settings .settings=${settings}></parley-settings>`);
    saved = told(form, "parley-save");
  });

  const daysField = (): HTMLInputElement => oneOf(HTMLInputElement, form, "#days");
  const dialog = (): HTMLDialogElement => oneOf(HTMLDialogElement, form, "dialog");
  const submit = async (): Promise<void> => {
    oneOf(HTMLFormElement, form, "form").requestSubmit();
    await settled(form);
  };
  const keep = async (days: string): Promise<void> => {
    write(daysField(), days);
    await submit();
  };

  it("say whether contacts may chat, ask without a ticket and be called back (A1, A6, A7)", async () => {
    const boxes = [...all(form, "section[aria-labelledby=chat] input")].map((box) => box as HTMLInputElement);
    expect(boxes.map(({ checked }) => checked)).toEqual([true, true, true]);
    boxes[0]?.click();
    boxes[2]?.click();
    await submit();
    expect(saved).toMatchObject([{ settings: { chat: "off", callbacks: "off", version: 4 } }]);
    expect(saved[0]?.settings.preTicket).toBeUndefined();
  });

  it("are saved after confirmation, with the version that was seen (G1)", async () => {
    await keep("14");
    expect(words(dialog())).toContain("Keep chat history for 14 days?");
    expect(words(form)).toContain("disappear within seconds");
    expect(saved).toEqual([]);
    one(dialog(), ".buttons button:last-child").click();
    await vi.waitFor(() => expect(saved).toEqual([{ settings: { ...settings, retentionDays: 14 } }]));
  });

  it("are saved at once where nothing is lost by it", async () => {
    await keep("3650");
    expect(saved).toEqual([{ settings: { ...settings, retentionDays: 3650 } }]);
  });

  it.each(["", "0", "-3", "1.5", "3651", "soon"])("keep no chat history for %j days", async (days) => {
    await keep(days);
    expect(saved).toEqual([]);
    expect(words(one(form, "#complaint"))).toContain("from 1 to 3,650");
  });

  it("say whether users of managed devices are asked first (A14)", async () => {
    one(form, "[aria-describedby=ask-hint]").dispatchEvent(new Event("change"));
    await settled(form);
    await submit();
    expect(saved).toEqual([{ settings: { ...settings, askManaged: true } }]);
  });

  it("say whether people who come by a code are asked first (A13)", async () => {
    expect((one(form, "[aria-describedby=ask-code-hint]") as HTMLInputElement).checked).toBe(true);
    one(form, "[aria-describedby=ask-code-hint]").dispatchEvent(new Event("change"));
    await settled(form);
    await submit();
    expect(saved).toEqual([{ settings: { ...settings, askOnDemand: false } }]);
  });

  it("have office hours, and are not saved while these are not right (A19)", async () => {
    const hours = one(form, "parley-office-hours");
    const week = [{ day: 1, from: "09:00", to: "17:00" }];
    hours.dispatchEvent(new CustomEvent("change", { detail: { zone: "UTC", week: [] } }));
    await submit();
    expect(words(form)).toContain("Enter when you are open on some day");
    hours.dispatchEvent(new CustomEvent("change", { detail: { zone: "UTC", week } }));
    await submit();
    expect(saved).toEqual([{ settings: { ...settings, officeHours: { zone: "UTC", week } } }]);
  });

  it("say what holds now (A19)", async () => {
    form.office = { open: true };
    await settled(form);
    expect(words(form)).toContain("You are open now.");
  });

  it("say how saving went, and keep what was written until it is saved", async () => {
    await keep("60");
    form.saving = { kind: "failed", why: "Not saved: somebody else changed the settings meanwhile." };
    form.settings = { ...settings, retentionDays: 7, version: 5 };
    await settled(form);
    expect(words(form)).toContain("somebody else changed the settings");
    expect(daysField().value).toBe("60");
    form.saving = { kind: "saved" };
    await settled(form);
    expect(words(form)).toContain("Saved.");
    expect(daysField().value).toBe("7");
  });

  it("are as they were when the changes are discarded", async () => {
    expect(button(form, "Discard changes")).toBeUndefined();
    await keep("soon");
    press(form, "Discard changes");
    await settled(form);
    expect(daysField().value).toBe("30");
    expect(words(one(form, "#complaint"))).toBe("");
  });
});
