import { html } from "lit";
import { describe, expect, it } from "vitest";
import "./explain-view";
import type { EffectiveView } from "./explain-view";
import { all, draw, oneOf, settled, told, words } from "./testing";

describe("Effective permissions", () => {
  it("are asked for a person, and name the level that decided (A4)", async () => {
    const view = await draw<EffectiveView>(html`<parley-effective></parley-effective>`);
    const asked = told(view, "parley-explain");
    oneOf(HTMLInputElement, view, "[name=person]").value = "carol";
    oneOf(HTMLInputElement, view, "[name=company]").value = "acme";
    oneOf(HTMLFormElement, view, "form").requestSubmit();
    expect(asked).toEqual([{ question: { role: "contact", person: "carol", company: "acme" } }]);
    view.explained = {
      person: { kind: "contact", company: "acme", id: "carol", name: "Carol", version: 1 },
      decisions: [
        { right: "chat", allowed: false, level: "company", by: "acme" },
        { right: "callback", allowed: true, level: "default" },
      ],
    };
    await settled(view);
    expect(all(view, "tbody tr").map((row) => words(row))).toEqual([
      "Chat No the company acme",
      "Leave a number Yes nobody has set it",
    ]);
  });
});
