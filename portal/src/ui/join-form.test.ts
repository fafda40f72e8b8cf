import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import "./join-form";
import type { JoinForm } from "./join-form";
import { draw, one, oneOf, settled, told, words } from "./testing";

let form: JoinForm;
let came: unknown[];

describe("Somebody without an account", () => {
  beforeEach(async () => {
    form = await draw<JoinForm>(html`<parley-join-form></parley-join-form>`);
    came = told(form, "parley-come");
  });

  const fill = (id: string, text: string): void => {
    oneOf(HTMLInputElement, form, `#${id}`).value = text;
  };
  const submit = async (): Promise<void> => {
    one(form, "form").dispatchEvent(new Event("submit", { cancelable: true }));
    await settled(form);
  };

  it("types the code in any way, and their name", async () => {
    fill("code", " 7k2m q4xo ");
    fill("name", " Carol ");
    await submit();
    expect(came).toEqual([{ code: "7K2MQ4X0", name: "Carol", device: "" }]);
  });

  it("is told what is missing", async () => {
    fill("code", "7K2M");
    await submit();
    expect(came).toEqual([]);
    expect(words(form)).toContain("Type the eight letters and digits");
    expect(words(form)).toContain("Type your name");
  });

  it("types no code where they came by a link", async () => {
    form.linked = true;
    await settled(form);
    fill("name", "Carol");
    await submit();
    expect(came).toEqual([{ code: "", name: "Carol", device: "" }]);
  });
});
