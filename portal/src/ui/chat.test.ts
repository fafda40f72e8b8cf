import { html } from "lit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { noCall } from "./call-panel";
import "./chat";
import type { Chat } from "./chat";
import { Menu } from "./menu";
import { alice, bob, calls, carol, dave, ended, entries, now, requested, session, view } from "./samples";
import { all, button, draw, one, oneOf, press, settled, told, words } from "./testing";

describe("The window of a session", () => {
  let chat: Chat;

  const menuOf = (from: Chat): string[] => {
    const menus = all(from, "parley-menu").filter((one) => one instanceof Menu);
    return menus.flatMap(({ items }) => items.map(({ label }) => label));
  };

  const shown = async (part: Partial<Chat>): Promise<void> => {
    Object.assign(chat, part);
    await settled(chat);
  };

  beforeEach(async () => {
    chat = await draw(html`<parley-chat .view=${view} .me=${alice} linked docked></parley-chat>`);
  });

  it("is titled with the contact and the device for a technician (D2)", () => {
    expect(words(one(chat, "header"))).toContain("Carol Jones Managed device ACME-LT-07");
    expect(one(chat, "section").getAttribute("aria-label")).toBe("Chat with Carol Jones on ACME-LT-07");
  });

  it("is titled with the technicians for the contact", async () => {
    await shown({ me: carol });
    expect(one(chat, "section").getAttribute("aria-label")).toBe("Chat with Alice Archer on ACME-LT-07");
  });

  it("carries the device in its name, for both sides (D1, D21)", async () => {
    const name = (): string | null => one(chat, "section").getAttribute("aria-label");
    expect(name()).toBe("Chat with Carol Jones on ACME-LT-07");
    await shown({ me: carol });
    expect(name()).toBe("Chat with Alice Archer on ACME-LT-07");
  });

  it("says who is in the session", () => {
    expect(words(one(chat, ".people"))).toBe("In this session: you and Carol Jones");
  });

  it("shows the running time from the start, by the service's clock (D2)", async () => {
    vi.useFakeTimers({ now: 1_000_000 });
    try {
      const startedAt = 1_000_000 + 5_000 - 23_000;
      await shown({ ahead: 5_000, view: { ...view, session: { ...session, startedAt } } });
      expect(words(one(chat, "parley-elapsed"))).toBe("00:23");
      await vi.advanceTimersByTimeAsync(1_000);
      expect(words(one(chat, "parley-elapsed"))).toBe("00:24");
    } finally {
      vi.useRealTimers();
    }
  });

  it("says who is typing, and keeps the line when nobody is (D9)", async () => {
    expect(words(one(chat, ".typing"))).toBe("Carol Jones is typing…");
    await shown({ view: { ...view, typing: [carol, bob] } });
    expect(words(one(chat, ".typing"))).toBe("Carol Jones and Bob Baker are typing…");
    await shown({ view: { ...view, typing: [] } });
    expect(words(one(chat, ".typing"))).toBe("");
  });

  it("says who is disconnected (D28)", async () => {
    await shown({ view: { ...view, connected: new Set([alice.id]) } });
    expect(words(one(chat, ".notes"))).toBe("Carol Jones is disconnected");
  });

  it("speaks of the own connection alone while that is gone", async () => {
    await shown({ linked: false, view: { ...view, connected: new Set() } });
    expect(words(one(chat, ".notes"))).toContain("You are not connected.");
    expect(words(one(chat, ".notes"))).not.toContain("Carol");
  });

  it("leads a technician from its menu to the closing note (F1)", async () => {
    const finishes = told(chat, "parley-finish");
    press(chat, "More about this session");
    await settled(chat);
    press(chat, "End session");
    expect(finishes).toEqual([{ session: session.id }]);
  });

  it("ends the session from its menu, after asking (F1)", async () => {
    await shown({ me: carol });
    const ends = told(chat, "parley-end");
    press(chat, "More about this session");
    await settled(chat);
    press(chat, "End session");
    await settled(chat);
    expect(ends).toEqual([]);
    const dialog = oneOf(HTMLDialogElement, chat, "dialog[aria-labelledby=question]");
    expect(dialog.open).toBe(true);
    one(dialog, ".buttons button:last-child").click();
    await vi.waitFor(() => expect(ends).toEqual([{ session: session.id }]));
  });

  it("ends nothing when the answer is Cancel", async () => {
    await shown({ me: carol });
    const ends = told(chat, "parley-end");
    press(chat, "More about this session");
    await settled(chat);
    press(chat, "End session");
    await settled(chat);
    press(chat, "Cancel");
    await settled(chat);
    expect(oneOf(HTMLDialogElement, chat, "dialog").open).toBe(false);
    expect(ends).toEqual([]);
  });

  it("gives a portal contact no way to end it while they write (F9)", async () => {
    await shown({ me: carol, view: { ...view, session: { ...session, kind: "portal" } } });
    expect(menuOf(chat)).not.toContain("End session");
  });

  it("takes no more messages after the end, and offers to leave (F2)", async () => {
    await shown({ me: carol, view: { ...view, session: ended } });
    expect(all(chat, "textarea")).toEqual([]);
    expect(words(one(chat, ".ended"))).toContain("This session has ended.");
    const closed = told(chat, "parley-close");
    press(chat, "Leave");
    expect(closed).toEqual([{ session: ended.id }]);
  });

  it("is left after the end by the toolbar, and by the note below what was said (F4, F5)", async () => {
    for (const me of [alice, carol]) {
      await shown({ me, view });
      expect(button(chat, "Leave this chat")).toBeUndefined();
      await shown({ me, view: { ...view, session: ended } });
      const closed = told(chat, "parley-close");
      press(chat, "Leave this chat");
      press(chat, "Leave");
      expect(closed).toEqual([{ session: ended.id }, { session: ended.id }]);
    }
  });

  it("takes messages while a request waits", async () => {
    await shown({ me: dave, view: { ...view, session: requested, typing: [] } });
    expect(words(one(chat, ".notes"))).toBe("");
    expect(all(chat, "textarea[aria-label=Message]")).toHaveLength(1);
  });

  it("lets a portal contact end it when an hour has passed without a word (F8)", async () => {
    vi.useFakeTimers({ now });
    try {
      const quiet = { ...view, session: { ...session, kind: "portal" as const }, entries: entries.slice(-1) };
      await shown({ me: carol, view: quiet });
      expect(menuOf(chat)).not.toContain("End session");
      await vi.advanceTimersByTimeAsync(54 * 60_000 + 1_000); // The last word is six minutes old.
      await settled(chat);
      expect(menuOf(chat)).toContain("End session");
    } finally {
      vi.useRealTimers();
    }
  });

  it("lets the user of a device end it at any time (F10)", async () => {
    await shown({ me: carol });
    expect(menuOf(chat)).toContain("End session");
  });

  it("always says to a contact what the others can do (N16)", async () => {
    await shown({ me: carol });
    expect(words(one(chat, ".people p"))).toContain(
      "Alice Archer can write to you and call you, and cannot see your screen or files.",
    );
  });

  it("shows who waits their place, and can be ended from there (F6)", async () => {
    await shown({ me: dave, view: { ...view, session: requested, typing: [], place: 3 } });
    expect(words(one(chat, "parley-waiting"))).toContain("You are number 3 of those who wait");
    const ends = told(chat, "parley-end");
    press(chat, "End my request");
    expect(ends).toEqual([{ session: requested.id }]);
  });

  it.each([
    [{ state: "ended" }, "This session has ended. Nobody can write in it any more."],
    [{ state: "cancelled" }, "The request was withdrawn."],
    [{ state: "declined" }, "You declined."],
    [{ state: "abandoned" }, "Nobody could answer, and the request has ended."],
    [
      { state: "abandoned", callback: { phone: "0123", at: now } },
      "Thank you. We will call you back at 0123.",
    ],
  ] as const)("says how it is over, and offers to leave: %o (F4)", async (part, sentence) => {
    await shown({ me: carol, view: { ...view, session: { ...session, ...part } } });
    expect(words(one(chat, ".ended"))).toContain(sentence);
    expect(button(chat, "Leave")).toBeDefined();
  });

  it("opens help, and the settings with the theme, from its menu (D15, D16)", async () => {
    const settings = told(chat, "parley-preferences");
    for (const item of ["Settings and theme", "Help and about"]) {
      press(chat, "More about this session");
      await settled(chat);
      press(chat, item);
    }
    expect(settings).toHaveLength(1);
    expect(oneOf(HTMLDialogElement, one(chat, "parley-help"), "dialog").open).toBe(true);
  });

  it("calls by voice and video, unless there is a call already", async () => {
    const rings = told(chat, "parley-ring");
    press(chat, "Call Carol Jones");
    press(chat, "Video call Carol Jones");
    expect(rings.map(({ media }) => media)).toEqual(["voice", "video"]);
    await shown({ call: calls["calling"] ?? noCall });
    expect(button(chat, "Call Carol Jones")).toBeUndefined();
  });
});
