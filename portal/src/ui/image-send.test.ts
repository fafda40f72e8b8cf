import { html } from "lit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Image } from "../protocol/wire";
import type { Told } from "./events";
import "./image-send";
import type { ImageSend } from "./image-send";
import { Unfit } from "./shrink";
import { all, draw, one, oneOf, press, settled, told, words, write } from "./testing";

const image: Image = { type: "image/webp", width: 30, height: 20, data: "UklGRg==" };

describe("Sending an image (P6)", () => {
  let dialog: ImageSend;
  let said: Told["parley-say"][];
  let shrink: (file: Blob) => Promise<Image>;

  const isOpen = (): boolean => oneOf(HTMLDialogElement, dialog, "dialog").open;
  const shows = async (type = "image/png"): Promise<void> => {
    await dialog.show(new Blob(["x"], { type }));
    await settled(dialog);
  };

  beforeEach(async () => {
    shrink = () => Promise.resolve(image);
    dialog = await draw(
      html`<parley-image-send session="acme/1" .shrink=${(file: Blob) => shrink(file)}></parley-image-send>`,
    );
    said = told(dialog, "parley-say");
  });

  it("shows it first, and sends it with its words", async () => {
    await shows();
    expect(one(dialog, "img").getAttribute("src")).toBe("data:image/webp;base64,UklGRg==");
    write(oneOf(HTMLInputElement, dialog, "#alt"), " The error message ");
    press(dialog, "Send image");
    expect(said).toEqual([{ session: "acme/1", text: "The error message", image }]);
    expect(isOpen()).toBe(false);
  });

  it("needs no words", async () => {
    await shows();
    press(dialog, "Send image");
    expect(said).toEqual([{ session: "acme/1", text: "", image }]);
  });

  it("says why a file cannot be sent", async () => {
    shrink = () => Promise.reject(new Unfit("This is no image that the browser can read."));
    await shows();
    expect(words(dialog)).toContain("This is no image that the browser can read.");
    press(dialog, "Send image");
    expect(said).toEqual([]);
  });

  it("says that only the first picture of an animation is sent", async () => {
    await shows("image/gif");
    expect(words(dialog)).toContain("Only the first picture of it is sent");
    await shows("image/png");
    expect(words(dialog)).not.toContain("Only the first picture");
  });

  it("sends nothing while it is being made smaller, and nothing that was cancelled", async () => {
    let made: (image: Image) => void = () => undefined;
    shrink = () => new Promise((resolve) => (made = resolve));
    const showing = dialog.show(new Blob(["x"]));
    await vi.waitFor(() => expect(isOpen()).toBe(true));
    press(dialog, "Send image");
    expect(said).toEqual([]);
    press(dialog, "Cancel");
    made(image);
    await showing;
    await settled(dialog);
    expect(all(dialog, "img")).toEqual([]);
  });

  it("asks for fewer words", async () => {
    await shows();
    write(oneOf(HTMLInputElement, dialog, "#alt"), "ä".repeat(513));
    press(dialog, "Send image");
    await settled(dialog);
    expect(said).toEqual([]);
    expect(words(dialog)).toContain("Say it in fewer words.");
  });
});
