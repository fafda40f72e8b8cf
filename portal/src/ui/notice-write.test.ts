import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import { hear, type NoticeFor } from "./events";
import "./notice-write";
import type { NoticeWrite } from "./notice-write";
import { draw, one, oneOf, press, settled, words, write } from "./testing";

const carol: NoticeFor = { contact: "c", name: "Carol Jones", company: "acme" };

describe("Writing a notice (D14)", () => {
  let writing: NoticeWrite;
  let sent: { to: NoticeFor; text: string }[];
  let outcome: Promise<void>;
  const field = (): HTMLTextAreaElement => oneOf(HTMLTextAreaElement, writing, "textarea");
  const open = (): boolean => oneOf(HTMLDialogElement, writing, "dialog").open;

  /** Presses Send, and waits for what comes of it. */
  async function sends(): Promise<void> {
    press(writing, "Send");
    await outcome.catch(() => undefined);
    await settled(writing);
  }

  beforeEach(async () => {
    sent = [];
    outcome = Promise.resolve();
    writing = await draw(html`<parley-notice-write></parley-notice-write>`);
    hear(writing, "parley-notice", ({ to, text, take }) => {
      sent.push({ to, text });
      take(outcome);
    });
    await writing.show(carol);
  });

  it("sends what was written, to whom it was opened for", async () => {
    expect(words(one(writing, "#title"))).toBe("Send Carol Jones a message");
    write(field(), "  Please save your work. ");
    await sends();
    expect(sent).toEqual([{ to: carol, text: "Please save your work." }]);
    expect(open()).toBe(false);
    expect(field().value).toBe("");
  });

  it("says why nobody was shown it, and keeps what was written", async () => {
    outcome = Promise.reject(
      new Error("Nobody of that name is logged on there, so no message can be shown."),
    );
    write(field(), "Please save your work.");
    await sends();
    expect(open()).toBe(true);
    expect(words(one(writing, "#complaint"))).toContain("Nobody of that name is logged on there");
    expect(field().value).toBe("Please save your work.");
  });

  it("sends nothing that is empty or too long", async () => {
    await sends();
    expect(words(one(writing, "#complaint"))).toBe("Write what they shall read.");
    write(field(), "a".repeat(1025));
    await sends();
    expect(words(one(writing, "#complaint"))).toBe("Shorten it by about 1 character.");
    expect(sent).toEqual([]);
    write(field(), "a".repeat(1024));
    await sends();
    expect(sent).toHaveLength(1);
  });

  it("keeps what was written for the same person only", async () => {
    write(field(), "For Carol");
    press(writing, "Cancel");
    await writing.show(carol);
    expect(field().value).toBe("For Carol");
    press(writing, "Cancel");
    await writing.show({ ...carol, contact: "d", name: "Dave Miller" });
    expect(field().value).toBe("");
  });
});
