import { html } from "lit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { noCall } from "./call-panel";
import "./chat";
import type { Chat } from "./chat";
import { Menu } from "./menu";
import { alice, bob, calls, carol, dave, ended, requested, session, view } from "./samples";
import { all, button, draw, one, oneOf, press, settled, told, words } from "./testing";

describe("The window of a session", () => {
  let chat: Chat;

  const shown = async (part: Partial<Chat>): Promise<void> => {
    Object.assign(chat, part);
    await settled(chat);
  };

  beforeEach(async () => {
    chat = await draw(html`<parley-chat .view=${view} .me=${alice} linked docked></parley-chat>`);
  });

  it("is titled with the contact and the device for a technician (D2)", () => {
    expect(words(one(chat, "header"))).toContain("Carol Jones ACME-LT-07");
    expect(one(chat, "section").getAttribute("aria-label")).toBe("Chat with Carol Jones");
  });

  it("is titled with the technicians for the contact", async () => {
    await shown({ me: carol });
    expect(one(chat, "section").getAttribute("aria-label")).toBe("Chat with Alice Archer");
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
    const dialog = oneOf(HTMLDialogElement, chat, "dialog");
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

  it("gives a portal contact no way to end it", async () => {
    await shown({ me: carol, view: { ...view, session: { ...session, kind: "portal" } } });
    expect(oneOf(Menu, chat, "parley-menu").items).toEqual([]);
    expect(one(chat, "parley-menu").hidden).toBe(true);
  });

  it("takes no more messages after the end, and offers to leave (F2)", async () => {
    await shown({ me: carol, view: { ...view, session: ended } });
    expect(all(chat, "textarea")).toEqual([]);
    expect(words(one(chat, ".ended"))).toContain("This session has ended.");
    const closed = told(chat, "parley-close");
    press(chat, "Leave");
    expect(closed).toEqual([{ session: ended.id }]);
  });

  it("takes messages while a request waits", async () => {
    await shown({ me: dave, view: { ...view, session: requested, typing: [] } });
    expect(words(one(chat, ".notes"))).toBe("");
    expect(all(chat, "textarea")).toHaveLength(1);
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
