import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import { emoji } from "./emoji";
import "./emoji-picker";
import type { EmojiPicker } from "./emoji-picker";
import { all, button, draw, press, settled } from "./testing";

describe("The emoji picker", () => {
  let picker: EmojiPicker;
  let picked: string[];

  beforeEach(async () => {
    picker = await draw(html`<parley-emoji></parley-emoji>`);
    picked = [];
    picker.addEventListener("pick", (event) => picked.push((event as CustomEvent<string>).detail));
    press(picker, "Insert an emoji");
    await settled(picker);
  });

  const focused = (): string | null | undefined =>
    picker.shadowRoot?.activeElement?.getAttribute("aria-label");
  const key = async (name: string): Promise<void> => {
    picker.shadowRoot?.activeElement?.dispatchEvent(
      new KeyboardEvent("keydown", { key: name, bubbles: true }),
    );
    await settled(picker);
  };

  it("tells the sign that was chosen, and closes", async () => {
    press(picker, "coffee");
    await settled(picker);
    expect(picked).toEqual(["☕"]);
    expect(all(picker, ".grid")).toEqual([]);
  });

  it("is gone through with the arrow keys, and closed with Escape", async () => {
    expect(focused()).toBe("thumbs up");
    await key("ArrowRight");
    expect(focused()).toBe("slight smile");
    await key("ArrowDown");
    expect(focused()).toBe(emoji[11]?.[1]);
    await key("End");
    await key("ArrowRight");
    expect(focused()).toBe("key");
    await key("Escape");
    expect(all(picker, ".grid")).toEqual([]);
    expect(picker.shadowRoot?.activeElement).toBe(button(picker, "Insert an emoji"));
  });

  it("has about sixty, each under a name of its own", () => {
    expect(emoji).toHaveLength(60);
    expect(new Set(emoji.map(([, name]) => name)).size).toBe(60);
  });
});
