import { html } from "lit";
import { describe, expect, it } from "vitest";
import "./notify-offer";
import type { NotifyOffer } from "./notify-offer";
import { all, button, draw, press, told, words } from "./testing";

const drawn = (permission: string, optional = false): Promise<NotifyOffer> =>
  draw(html`<parley-notify permission=${permission} ?optional=${optional}></parley-notify>`);

describe("The offer of notifications (C23, C26)", () => {
  it("asks the browser when it is pressed, and not before", async () => {
    const offer = await drawn("default");
    const asked = told(offer, "parley-notify");
    expect(asked).toEqual([]);
    press(offer, "Notify me when this page is hidden");
    expect(asked).toEqual([{ allow: true }]);
  });

  it.each(["granted", "denied", "none"])("is not made where it is %s already", async (permission) => {
    const offer = await drawn(permission, true);
    expect(all(offer, "button")).toEqual([]);
    expect(words(offer)).toBe("");
  });

  it("can be put off where it stands in the way", async () => {
    expect(button(await drawn("default"), "Not now")).toBeUndefined();
    const offer = await drawn("default", true);
    const asked = told(offer, "parley-notify");
    press(offer, "Not now");
    expect(asked).toEqual([{ allow: false }]);
  });
});
