import { html } from "lit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Told } from "./events";
import "./retention-form";
import type { RetentionForm } from "./retention-form";
import { draw, one, oneOf, settled, told, words, write } from "./testing";

describe("The days of keeping chat history (G1)", () => {
  let form: RetentionForm;
  let saved: Told["parley-retain"][];

  beforeEach(async () => {
    form = await draw(html`
      <parley-retention .settings=${{ retentionDays: 30, version: 4 }}></parley-retention>
    `);
    saved = told(form, "parley-retain");
  });

  const submit = async (days: string): Promise<void> => {
    write(oneOf(HTMLInputElement, form, "input"), days);
    oneOf(HTMLFormElement, form, "form").requestSubmit();
    await settled(form);
  };
  const dialog = (): HTMLDialogElement => oneOf(HTMLDialogElement, form, "dialog");

  it("are shown as they are set", () => {
    expect(oneOf(HTMLInputElement, form, "input").value).toBe("30");
  });

  it("are saved after confirmation, with the version that was seen", async () => {
    await submit("14");
    expect(words(dialog())).toContain("Keep chat history for 14 days?");
    expect(words(form)).toContain("disappear within seconds");
    expect(saved).toEqual([]);
    one(dialog(), ".buttons button:last-child").click();
    await vi.waitFor(() => expect(saved).toEqual([{ days: 14, version: 4 }]));
  });

  it.each(["", "0", "-3", "1.5", "3651", "soon"])("are not %j", async (days) => {
    await submit(days);
    expect(dialog().open).toBe(false);
    expect(words(one(form, "#complaint"))).toContain("from 1 to 3,650");
  });

  it.each(["1", "3650"])("may be %s", async (days) => {
    await submit(days);
    expect(dialog().open).toBe(true);
  });

  it("say how saving went", async () => {
    form.saving = { kind: "failed", why: "Not saved: somebody else changed the settings meanwhile." };
    await settled(form);
    expect(words(form)).toContain("somebody else changed the settings");
    form.settings = { retentionDays: 14, askManaged: false, officeHours: {}, version: 5 };
    form.saving = { kind: "saved" };
    await settled(form);
    expect(words(form)).toContain("Saved. Chat history is kept for 14 days.");
    expect(oneOf(HTMLInputElement, form, "input").value).toBe("14");
  });
});
