import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import type { Told } from "./events";
import "./request-form";
import type { RequestForm } from "./request-form";
import { draw, one, oneOf, press, settled, told, words, write } from "./testing";

describe("Asking for help", () => {
  let form: RequestForm;
  let asked: Told["parley-ask"][];

  beforeEach(async () => {
    form = await draw(html`<parley-request></parley-request>`);
    asked = told(form, "parley-ask");
  });

  const ask = async (problem: string): Promise<void> => {
    write(oneOf(HTMLTextAreaElement, form, "textarea"), problem);
    oneOf(HTMLFormElement, form, "form").requestSubmit();
    await settled(form);
  };

  it("tells the problem", async () => {
    await ask("  My printer is on fire. ");
    expect(asked).toEqual([{ problem: "My printer is on fire." }]);
  });

  it("asks for words when there are none", async () => {
    await ask("   ");
    expect(asked).toEqual([]);
    expect(words(one(form, "#complaint"))).toBe("Say in a few words what is wrong.");
  });

  it("asks for fewer when there are too many, counted as they travel", async () => {
    await ask("ä".repeat(513));
    expect(asked).toEqual([]);
    expect(words(one(form, "#complaint"))).toContain("Shorten it by about 1 character;");
  });

  it("asks once while the request is on its way", async () => {
    form.busy = true;
    await settled(form);
    await ask("My printer");
    press(form, "Ask for help");
    expect(asked).toEqual([]);
  });
});
