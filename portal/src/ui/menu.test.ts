import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import "./menu";
import type { Menu } from "./menu";
import { all, draw, one, press, settled, words } from "./testing";

describe("A menu", () => {
  let menu: Menu;
  let chosen: string[];

  beforeEach(async () => {
    const items = [
      { id: "online", label: "Online", chosen: true },
      { id: "away", label: "Away", chosen: false },
      { id: "out", label: "Sign out" },
    ];
    menu = await draw(html`<parley-menu name="Presence" .items=${items}>Alice</parley-menu>`);
    chosen = [];
    menu.addEventListener("choose", (event) => chosen.push((event as CustomEvent<string>).detail));
  });

  const key = async (at: Element, name: string): Promise<void> => {
    at.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
    await settled(menu);
  };
  const focused = (): string => {
    const at = menu.shadowRoot?.activeElement;
    return at ? words(at) : "";
  };

  it("opens on its first item, and by arrow up on its last", async () => {
    await key(one(menu, "#button"), "ArrowDown");
    expect(focused()).toBe("Online");
    await key(one(menu, "[role=menu]"), "Escape");
    await key(one(menu, "#button"), "ArrowUp");
    expect(focused()).toBe("Sign out");
  });

  it("moves in the round with the arrows, to the ends, and by letter", async () => {
    await key(one(menu, "#button"), "ArrowDown");
    const list = one(menu, "[role=menu]");
    await key(list, "ArrowUp");
    expect(focused()).toBe("Sign out");
    await key(list, "ArrowDown");
    expect(focused()).toBe("Online");
    await key(list, "a");
    expect(focused()).toBe("Away");
    await key(list, "End");
    expect(focused()).toBe("Sign out");
  });

  it("closes with Escape and gives the focus back", async () => {
    await key(one(menu, "#button"), "ArrowDown");
    await key(one(menu, "[role=menu]"), "Escape");
    expect(all(menu, "[role=menu]")).toEqual([]);
    expect(menu.shadowRoot?.activeElement?.id).toBe("button");
  });

  it("says which of a set is chosen, and tells the choice", async () => {
    one(menu, "#button").click();
    await settled(menu);
    expect(all(menu, "[role=menuitemradio]").map((item) => item.getAttribute("aria-checked"))).toEqual([
      "true",
      "false",
    ]);
    press(menu, "Away");
    await settled(menu);
    expect(chosen).toEqual(["away"]);
    expect(all(menu, "[role=menu]")).toEqual([]);
  });
});
