import { html } from "lit";
import { describe, expect, it } from "vitest";
import "./notify-offer";
import type { NotifyOffer } from "./notify-offer";
import { all, draw, press, told, words } from "./testing";

const drawn = (permission: string, asked = false): Promise<NotifyOffer> =>
  draw(html`<parley-notify permission=${permission} ?asked=${asked}></parley-notify>`);

describe("The offer of notifications (C26)", () => {
  it("asks the browser when it is pressed, and not before", async () => {
    const offer = await drawn("default");
    const asked = told(offer, "parley-notify");
    expect(asked).toEqual([]);
    press(offer, "Notify me when this page is hidden");
    expect(asked).toHaveLength(1);
  });

  it.each(["granted", "denied", "none"])("is not made where it is %s already", async (permission) => {
    const offer = await drawn(permission);
    expect(all(offer, "button")).toEqual([]);
    expect(words(offer)).toBe("");
  });

  it("says what came of it", async () => {
    expect(words(await drawn("granted", true))).toContain("You are notified of new requests");
    expect(words(await drawn("denied", true))).toContain("The browser blocks notifications of this page.");
  });
});
