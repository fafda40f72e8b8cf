import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import { prefer, preferences } from "./preferences";
import "./preferences-dialog";
import type { PreferencesDialog } from "./preferences-dialog";
import { replies } from "./replies";
import { all, draw, oneOf, press, settled, write } from "./testing";

const key = "parley.preferences";
const usual = { theme: "system", tone: true, autoClose: false, ownWindow: false, offerNotifications: true };

describe("Preferences", () => {
  beforeEach(() => localStorage.clear());

  it("follow the system and make a tone unless somebody chose", () => {
    expect(preferences()).toEqual(usual);
  });

  it.each(["", "null", "[1]", "{", '{"theme":"pink","tone":"loud"}'])("are as usual after %j", (kept) => {
    localStorage.setItem(key, kept);
    expect(preferences()).toEqual(usual);
  });

  it("stay, and colour the page at once", () => {
    prefer({ theme: "dark", tone: false });
    expect(preferences()).toEqual({ ...usual, theme: "dark", tone: false });
    expect(document.documentElement.dataset["theme"]).toBe("dark");
    prefer({ theme: "system", tone: false });
    expect(document.documentElement.dataset["theme"]).toBeUndefined();
  });

  it("keep tone, theme and closing by itself apart from each other (D15, F11, H1, H5)", () => {
    prefer({ tone: false });
    prefer({ theme: "dark" });
    prefer({ autoClose: true });
    expect(preferences()).toEqual({ ...usual, theme: "dark", tone: false, autoClose: true });
    prefer({ tone: true });
    expect(preferences()).toEqual({ ...usual, theme: "dark", tone: true, autoClose: true });
  });

  it("are chosen in a dialog (D22)", async () => {
    const dialog = await draw<PreferencesDialog>(html`<parley-preferences></parley-preferences>`);
    dialog.show();
    await settled(dialog);
    all(dialog, "input[type=radio]")[2]?.click();
    all(dialog, "input[type=checkbox]").forEach((box) => box.click());
    press(dialog, "Done");
    expect(preferences()).toEqual({ ...usual, theme: "dark", tone: false, autoClose: true });
    expect(oneOf(HTMLDialogElement, dialog, "dialog").open).toBe(false);
  });

  it("let a technician have each chat in a browser window of its own, and nobody else (D23)", async () => {
    const boxes = (dialog: PreferencesDialog): HTMLElement[] => all(dialog, "input[type=checkbox]");
    const his = await draw<PreferencesDialog>(html`<parley-preferences></parley-preferences>`);
    expect(boxes(his)).toHaveLength(2);
    const hers = await draw<PreferencesDialog>(html`<parley-preferences technician></parley-preferences>`);
    hers.show();
    await settled(hers);
    boxes(hers)[2]?.click();
    expect(preferences()).toEqual({ ...usual, ownWindow: true });
  });

  it("hold a technician's ready replies, to be written anew (P5)", async () => {
    const dialog = await draw<PreferencesDialog>(html`<parley-preferences technician></parley-preferences>`);
    dialog.show();
    const field = oneOf(HTMLTextAreaElement, dialog, "textarea");
    expect(field.value).toContain("hello: Hello {contact}");
    write(field, "ping: Are you there, {contact}?");
    field.dispatchEvent(new Event("change"));
    expect(replies()).toEqual([{ name: "ping", text: "Are you there, {contact}?" }]);
  });
});
