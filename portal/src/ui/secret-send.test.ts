import { html } from "lit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Fault } from "../client/index";
import type { Told } from "./events";
import "./secret-send";
import type { SecretSend } from "./secret-send";
import { draw, oneOf, press, settled, told, words, write } from "./testing";

describe("Sending a secret (N14)", () => {
  let dialog: SecretSend;
  let field: HTMLTextAreaElement;
  let hidden: Told["parley-hide"][];

  const isOpen = (): boolean => oneOf(HTMLDialogElement, dialog, "dialog").open;

  beforeEach(async () => {
    dialog = await draw(html`<parley-secret-send session="acme/1" to="Carol Jones"></parley-secret-send>`);
    field = oneOf(HTMLTextAreaElement, dialog, "textarea");
    hidden = told(dialog, "parley-hide");
    await dialog.show();
  });

  it("says what happens before it does", () => {
    expect(words(dialog)).toContain("Carol Jones can look at it once, within an hour");
  });

  it("veils what is written until it is to be seen", async () => {
    expect(field.className).toBe("veiled");
    press(dialog, "Show what I write");
    await settled(dialog);
    expect(field.className).toBe("");
    press(dialog, "Hide what I write");
    await settled(dialog);
    expect(field.className).toBe("veiled");
  });

  it("closes when it is sent, and forgets the text", async () => {
    write(field, "hunter2");
    press(dialog, "Send secret");
    expect(hidden).toMatchObject([{ session: "acme/1", text: "hunter2" }]);
    expect(isOpen()).toBe(true);
    hidden[0]?.take(Promise.resolve());
    await vi.waitFor(() => expect(isOpen()).toBe(false));
    expect(field.value).toBe("");
  });

  it("keeps the text where it could not be sent, and says why", async () => {
    write(field, "hunter2");
    press(dialog, "Send secret");
    hidden[0]?.take(Promise.reject(new Fault("unavailable", "You are not connected.")));
    await vi.waitFor(() => expect(words(dialog)).toContain("Not sent. You are not connected."));
    expect(isOpen()).toBe(true);
    expect(field.value).toBe("hunter2");
    press(dialog, "Send secret");
    expect(hidden).toHaveLength(2);
  });

  it("sends it once, however often the button is pressed", () => {
    write(field, "hunter2");
    press(dialog, "Send secret");
    hidden[0]?.take(new Promise(() => undefined));
    press(dialog, "Send secret");
    expect(hidden).toHaveLength(1);
  });

  it.each([
    ["", "Write what is to be sent."],
    [" \n", "Write what is to be sent."],
    ["x".repeat(1025), "This is too long by about 1 character"],
  ])("does not send %j", async (text, complaint) => {
    write(field, text);
    press(dialog, "Send secret");
    await settled(dialog);
    expect(hidden).toEqual([]);
    expect(words(dialog)).toContain(complaint);
    expect(field.getAttribute("aria-invalid")).toBe("true");
  });

  it("forgets what was begun", async () => {
    write(field, "hunter2");
    press(dialog, "Cancel");
    await settled(dialog);
    expect(isOpen()).toBe(false);
    expect(field.value).toBe("");
  });
});
