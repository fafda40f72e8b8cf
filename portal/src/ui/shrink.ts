import { limits } from "../protocol/wire";
import type { Image } from "../protocol/wire";

const mostBytes = 50 << 20; // Of a file that is looked at at all.
const largest = 1600; // Pixels of the longer side to begin with.
const least = 32;
const qualities = [0.8, 0.6, 0.45];
const types = ["image/webp", "image/jpeg"];

/** Why a file cannot be sent, in a sentence for its reader. */
export class Unfit extends Error {}

/**
 * Draws an image again so that it fits into a message: smaller and plainer until
 * it does. What stands beside the picture in the file, such as where it was
 * taken, is not drawn and so not sent.
 */
export async function shrunk(file: Blob): Promise<Image> {
  if (file.size > mostBytes)
    throw new Unfit("This file is larger than 50 MB. Take a picture of a part of it.");
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Unfit("This is no image that the browser can read. Send a PNG, JPEG or WebP.");
  });
  try {
    const whole = Math.max(bitmap.width, bitmap.height);
    for (
      let side = Math.min(whole, largest);
      side >= Math.min(whole, least);
      side = Math.floor(side * 0.75)
    ) {
      const image = await drawn(bitmap, side / whole);
      if (image) return image;
    }
  } finally {
    bitmap.close();
  }
  throw new Unfit("This image cannot be made small enough to be sent. Send a part of it.");
}

/** Draws at a scale, and returns the best that fits; undefined where nothing does. */
async function drawn(bitmap: ImageBitmap, scale: number): Promise<Image | undefined> {
  const canvas = document.createElement("canvas");
  const width = (canvas.width = Math.max(1, Math.round(bitmap.width * scale)));
  const height = (canvas.height = Math.max(1, Math.round(bitmap.height * scale)));
  const context = canvas.getContext("2d");
  if (!context) throw new Unfit("The browser does not let this page draw images.");
  context.fillStyle = "#fff"; // Behind what is transparent: JPEG would make it black.
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  for (const quality of qualities) {
    const blob = await encoded(canvas, quality);
    if (blob && blob.size <= limits.maxImage)
      return { type: blob.type, width, height, data: await base64(blob) };
  }
  return undefined;
}

/** WebP where the browser writes it, JPEG where not: another kind comes back than was asked for. */
async function encoded(canvas: HTMLCanvasElement, quality: number): Promise<Blob | undefined> {
  for (const type of types) {
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, type, quality));
    if (blob?.type === type) return blob;
  }
  return undefined;
}

async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
