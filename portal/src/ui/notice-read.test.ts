import { html } from "lit";
import { describe, expect, it } from "vitest";
import type { PresenceNotified } from "../protocol/wire";
import { hear } from "./events";
import "./notice-read";
import type { NoticeRead } from "./notice-read";
import { alice, bob } from "./samples";
import { draw, one, oneOf, press, settled, words } from "./testing";

const first: PresenceNotified = { notice: "n1", by: alice, text: "The mail server restarts.\nPlease save." };
const second: PresenceNotified = { notice: "n2", by: bob, text: "It is back." };

describe("A notice that is shown (D14)", () => {
  const dialog = (of: NoticeRead): HTMLDialogElement => oneOf(HTMLDialogElement, of, "dialog");

  /** Draws notices, which their page takes away as they are read. */
  async function shown(...notices: PresenceNotified[]): Promise<{ read: NoticeRead; heeded: string[] }> {
    const read = await draw<NoticeRead>(html`<parley-notice-read .notices=${notices}></parley-notice-read>`);
    const heeded: string[] = [];
    hear(read, "parley-heed", ({ notice }) => {
      heeded.push(notice.notice);
      read.notices = read.notices.filter((other) => other !== notice);
    });
    return { read, heeded };
  }

  it("says who it is from and what it says, and has gone when it was read", async () => {
    const { read, heeded } = await shown(first);
    expect(dialog(read).open).toBe(true);
    expect(words(one(read, "#from"))).toBe("Message from Alice Archer");
    expect(words(one(read, "#text"))).toBe("The mail server restarts. Please save.");
    press(read, "OK");
    await settled(read);
    expect(heeded).toEqual(["n1"]);
    expect(dialog(read).open).toBe(false);
  });

  it("waits for the one before it", async () => {
    const { read, heeded } = await shown(first, second);
    expect(words(dialog(read))).toContain("1 more");
    press(read, "OK");
    await settled(read);
    expect(dialog(read).open).toBe(true);
    expect(words(one(read, "#from"))).toBe("Message from Bob Baker");
    press(read, "OK");
    await settled(read);
    expect(heeded).toEqual(["n1", "n2"]);
    expect(dialog(read).open).toBe(false);
  });

  it("is not shown while there is none", async () => {
    const { read } = await shown();
    expect(dialog(read).open).toBe(false);
  });
});
