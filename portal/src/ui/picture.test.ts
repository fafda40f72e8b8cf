import { html } from "lit";
import { describe, expect, it } from "vitest";
import type { Image } from "../protocol/wire";
import type { Told } from "./events";
import "./picture";
import { addressOf, type Picture } from "./picture";
import { all, draw, one, oneOf, press, settled, words } from "./testing";

const image: Image = { type: "image/webp", width: 30, height: 20, data: "UklGRg==" };
const later: Image = { type: "image/webp", width: 30, height: 20 };

// The page around it, which answers once.
const answers = (answer: (asked: Told["parley-picture"]) => void): void => {
  const heard = (event: Event): void => answer((event as CustomEvent<Told["parley-picture"]>).detail);
  document.body.addEventListener("parley-picture", heard, { once: true });
};

describe("The image of a message (P6)", () => {
  const drawn = (shown: Image, alt = "The error"): Promise<Picture> =>
    draw(html`<parley-picture session="acme/1" .seq=${3} .image=${shown} alt=${alt}></parley-picture>`);

  it("is shown in its place, and larger when it is pressed", async () => {
    const picture = await drawn(image);
    const dialog = oneOf(HTMLDialogElement, picture, "dialog");
    expect(dialog.open).toBe(false);
    press(picture, "Show larger: The error");
    expect(dialog.open).toBe(true);
    expect(one(dialog, "img").getAttribute("alt")).toBe("The error");
    press(picture, "Close");
    expect(dialog.open).toBe(false);
  });

  it("is asked for where it is not here", async () => {
    const brought = Promise.resolve(image);
    const asked: number[] = [];
    answers(({ seq, take }) => {
      asked.push(seq);
      take(brought);
    });
    const picture = await drawn(later);
    await brought;
    await settled(picture);
    expect(asked).toEqual([3]);
    expect(one(picture, "img").getAttribute("src")).toBe("data:image/webp;base64,UklGRg==");
  });

  it("says that it is gone", async () => {
    const gone = Promise.reject(new Error("gone"));
    answers(({ take }) => take(gone));
    const picture = await drawn(later);
    await gone.catch(() => undefined);
    await settled(picture);
    expect(words(picture)).toContain("This image is not there any more: The error");
  });

  it("has a name without words too", async () => {
    const picture = await drawn(image, "");
    expect(all(picture, "button").map((one) => words(one, true))).toContain(
      "Show larger: Image without a description",
    );
  });

  it("is never an address of anything else", () => {
    expect(addressOf({ ...image, type: "image/svg+xml" })).toBe("");
    expect(addressOf({ ...image, type: 'text/html;"' })).toBe("");
    expect(addressOf(later)).toBe("");
  });
});
