import { html } from "lit";
import { describe, expect, it, vi } from "vitest";
import type { Undelivered } from "../client/index";
import { now } from "./samples";
import { all, draw, press, told, words } from "./testing";
import "./undelivered";
import type { UndeliveredMessages } from "./undelivered";

const message: Undelivered = {
  session: "acme/1",
  message: "m1",
  text: "The blue one.",
  at: now,
  fault: { code: "conflict", message: "This session is ended." },
};
const drawn = (...messages: Undelivered[]): Promise<UndeliveredMessages> =>
  draw(html`<parley-undelivered .messages=${messages}></parley-undelivered>`);

describe("Messages that were not delivered (N5)", () => {
  it("stand with their text, and why the service does not take them", async () => {
    const list = await drawn(message, { ...message, message: "m2", text: "No, the red one." });
    expect(words(list)).toContain("2 messages were not delivered");
    expect(words(list)).toContain("The blue one.");
    expect(words(list)).toContain("No, the red one.");
    expect(words(list)).toContain("This session is ended.");
  });

  it("are nothing to look at where there are none", async () => {
    expect(all(await drawn(), "section")).toEqual([]);
  });

  it("can be copied, tried again and discarded, each by itself", async () => {
    const list = await drawn(message);
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    const done = told(list, "parley-done");
    const again = told(list, "parley-again");
    const discarded = told(list, "parley-discard");
    press(list, "Copy");
    await vi.waitFor(() => expect(done).toEqual([{ text: "The message is on the clipboard." }]));
    expect(writeText).toHaveBeenCalledWith("The blue one.");
    press(list, "Try again");
    press(list, "Discard");
    expect([again, discarded]).toEqual([
      [{ session: "acme/1", message: "m1" }],
      [{ session: "acme/1", message: "m1" }],
    ]);
    vi.unstubAllGlobals();
  });
});
