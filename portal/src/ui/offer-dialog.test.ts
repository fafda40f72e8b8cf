import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import "./offer-dialog";
import type { OfferDialog } from "./offer-dialog";
import { alice, session } from "./samples";
import { draw, one, oneOf, press, settled, told, words } from "./testing";
import type { Session } from "../protocol/wire";

const asked: Session = { ...session, state: "connecting", owner: alice.id };

describe("Being asked for a session", () => {
  let offer: OfferDialog;
  const dialog = (): HTMLDialogElement => oneOf(HTMLDialogElement, offer, "dialog");

  beforeEach(async () => {
    offer = await draw(html`<parley-offer .session=${asked}></parley-offer>`);
  });

  it("opens a dialog that says who asks, and what they will be able to do (A13)", () => {
    expect(dialog().open).toBe(true);
    expect(words(one(offer, "#question"))).toBe("May Alice Archer chat with you on ACME-LT-07?");
    expect(words(one(offer, "#meaning"))).toContain("write to you, and read what you write here");
    expect(words(one(offer, "#meaning"))).toContain("cannot see your screen or your files");
  });

  it("tells the answer (A13, C12)", async () => {
    const yes = told(offer, "parley-approve");
    const no = told(offer, "parley-refuse");
    press(offer, "Accept");
    expect(yes).toEqual([{ session: asked.id }]);
    expect(dialog().open).toBe(false);
    offer.session = { ...asked, id: "acme/9" };
    await settled(offer);
    press(offer, "Decline");
    expect(no).toEqual([{ session: "acme/9" }]);
  });

  it("goes away when it is withdrawn (C12)", async () => {
    offer.session = undefined;
    await settled(offer);
    expect(dialog().open).toBe(false);
    expect(words(offer)).not.toContain("asks to chat with you");
  });

  it("stays as a bar when it was put aside with Escape, and opens again", async () => {
    dialog().close();
    offer.session = { ...asked };
    await settled(offer);
    expect(dialog().open).toBe(false);
    expect(words(one(offer, ".bar"))).toContain("Alice Archer asks to chat with you.");
    press(offer, "Answer");
    expect(dialog().open).toBe(true);
  });
});
