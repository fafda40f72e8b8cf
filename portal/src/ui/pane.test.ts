import { html } from "lit";
import { describe, expect, it } from "vitest";
import "./pane";
import type { Pane } from "./pane";
import { draw, one, press, settled, words } from "./testing";

describe("A chat beside something else (D20)", () => {
  const drawn = (): Promise<Pane> =>
    draw(
      html`<parley-pane
        ><p>The screen</p>
        <textarea slot="chat"></textarea>
      </parley-pane>`,
    );

  it("opens and closes by the same button, and says which it is", async () => {
    const pane = await drawn();
    const states: boolean[] = [];
    pane.addEventListener("toggle", () => states.push(pane.open));
    expect(one(pane, "#pane").hidden).toBe(true);
    expect(one(pane, "button").getAttribute("aria-expanded")).toBe("false");
    press(pane, "Chat");
    await settled(pane);
    expect(one(pane, "#pane").hidden).toBe(false);
    expect(one(pane, "button").getAttribute("aria-expanded")).toBe("true");
    expect(document.activeElement).toBe(one(pane, "textarea"));
    press(pane, "Chat");
    await settled(pane);
    expect(one(pane, "#pane").hidden).toBe(true);
    expect(states).toEqual([true, false]);
  });

  it("says how much has come while it was closed", async () => {
    const pane = await drawn();
    pane.unread = 2;
    await settled(pane);
    expect(words(one(pane, "button"))).toBe("Chat 2 new");
  });
});
