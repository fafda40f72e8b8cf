import { readFile } from "node:fs/promises";
import { expect, test } from "./story";

test.describe.configure({ timeout: 60_000 });

test("An image is made small, sent, seen larger, and stands in saved copies (P6)", async ({ talk }) => {
  const { alice, dave } = await talk();
  const [hers, his] = [alice.chat("Dave Miller"), dave.chat()];
  // Noise of 2000 by 1000 pixels, which is some megabytes as PNG, pasted as from a screenshot.
  await his.field.evaluate(async (field) => {
    const canvas = new OffscreenCanvas(2000, 1000);
    const context = canvas.getContext("2d");
    const noise = context?.createImageData(2000, 1000);
    noise?.data.forEach((_, i, data) => (data[i] = i % 4 === 3 ? 255 : (i * 7919) % 251));
    if (noise) context?.putImageData(noise, 0, 0);
    const clipboard = new DataTransfer();
    const blob = await canvas.convertToBlob({ type: "image/png" });
    clipboard.items.add(new File([blob], "screen.png", { type: "image/png" }));
    field.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }),
    );
  });
  await dave.page.getByLabel("What is to be seen on it").fill("The error on my screen");
  await expect(dave.page.getByAltText("The image to be sent")).toBeVisible();
  await dave.button("Send image").click();
  await expect(his.field).toBeFocused();

  const larger = { name: "Show larger: The error on my screen" };
  await hers.log.getByRole("button", larger).click();
  const large = alice.page.getByRole("dialog", { name: "The error on my screen" }).getByRole("img");
  await expect(large).toBeVisible();
  const width = await large.evaluate((image: HTMLImageElement) => image.naturalWidth);
  expect(width).toBeGreaterThan(100);
  await alice.button("Close").click();

  await alice.page.reload();
  await expect(hers.log.getByRole("button", larger)).toBeVisible();
  const copies = {
    "Save as a web page": /<img src="data:image\/webp;base64,/,
    "Save as text": /\[image: The error on my screen\]/,
  };
  for (const [form, holds] of Object.entries(copies)) {
    await hers.window.getByRole("button", { name: "Save this chat" }).click();
    const [file] = await Promise.all([
      alice.page.waitForEvent("download"),
      alice.page.getByRole("menuitem", { name: form }).click(),
    ]);
    expect(await readFile(await file.path(), "utf8")).toMatch(holds);
  }
});

test("What is no image is not sent, and why is said (P6)", async ({ talk }) => {
  const { dave } = await talk();
  await dave.chat().window.getByRole("button", { name: "Add to the chat" }).click();
  const [chooser] = await Promise.all([
    dave.page.waitForEvent("filechooser"),
    dave.page.getByRole("menuitem", { name: "Send an image" }).click(),
  ]);
  await chooser.setFiles({
    name: "notes.png",
    mimeType: "image/png",
    buffer: Buffer.from("These are my notes."),
  });
  await expect(dave.page.getByText("This is no image that the browser can read.")).toBeVisible();
  await dave.button("Cancel").click();
  await expect(dave.chat().field).toBeFocused();
});

test("An image that was chosen while there was no connection is sent when it is back (P6)", async ({
  talk,
}) => {
  const { alice, dave } = await talk();
  await dave.context.setOffline(true);
  const chat = dave.chat();
  await chat.window.getByRole("button", { name: "Add to the chat" }).click();
  const [chooser] = await Promise.all([
    dave.page.waitForEvent("filechooser"),
    dave.page.getByRole("menuitem", { name: "Send an image" }).click(),
  ]);
  const dot =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await chooser.setFiles({ name: "dot.png", mimeType: "image/png", buffer: Buffer.from(dot, "base64") });
  await dave.button("Send image").click();
  await dave.context.setOffline(false);
  await expect(alice.chat("Dave Miller").log.getByRole("button", { name: /^Show larger/ })).toBeVisible();
});
