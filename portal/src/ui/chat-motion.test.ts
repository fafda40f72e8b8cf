import { html } from "lit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Entry, Person } from "../protocol/wire";
import "./chat";
import type { Chat } from "./chat";
import type { ChatView } from "./chat-notes";
import { prefer } from "./preferences";
import { alice, carol, ended, entries, now, view } from "./samples";
import { draw, one, settled, told } from "./testing";

const nudge = (by: Person): Entry => ({ seq: 11, at: now, kind: "nudged", by });

describe("A window whose reader is there", () => {
  let chat: Chat;

  beforeEach(async () => {
    chat = await draw(html`<parley-chat .view=${view} .me=${alice} linked docked tone></parley-chat>`);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    localStorage.clear();
  });

  const becomes = async (next: Partial<ChatView>, before: Partial<ChatView> = {}): Promise<void> => {
    chat.view = { ...view, ...before };
    await settled(chat);
    chat.view = { ...view, ...next };
    await settled(chat);
  };
  const shakes = (): boolean => one(chat, "section").classList.contains("shaken");

  it("shakes when the other side calls for attention (N17)", async () => {
    await becomes({ entries: [...entries, nudge(carol)] });
    expect(shakes()).toBe(true);
    one(chat, "section").dispatchEvent(new Event("animationend"));
    await settled(chat);
    expect(shakes()).toBe(false);
  });

  it("shakes only when the reader is back at the page (N17)", async () => {
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    await becomes({ entries: [...entries, nudge(carol)] });
    expect(shakes()).toBe(false);
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event("visibilitychange"));
    await settled(chat);
    expect(shakes()).toBe(true);
  });

  it("stays still for one's own call, and for one from while the reader was cut off (N17)", async () => {
    await becomes({ entries: [...entries, nudge(alice)] });
    expect(shakes()).toBe(false);
    await becomes({ entries: [...entries, nudge(carol)] }, { current: false });
    expect(shakes()).toBe(false);
  });

  it("closes by itself when either side ends, where the reader wants that (F11, H1)", async () => {
    prefer({ autoClose: true });
    const closed = told(chat, "parley-close");
    await becomes({ session: { ...ended, id: view.session.id } });
    expect(closed).toEqual([{ session: view.session.id }]);
  });

  it("stays, with all that was said, where the reader has not chosen that (F12)", async () => {
    const closed = told(chat, "parley-close");
    await becomes({ session: { ...ended, id: view.session.id } });
    expect(closed).toEqual([]);
    expect(one(chat, "[role=log]").textContent).toContain("Thank you, that helped.");
  });

  describe("at its top left corner (D25)", () => {
    const size = (): [string, string] => [
      chat.style.getPropertyValue("--chat-width"),
      chat.style.getPropertyValue("--chat-height"),
    ];
    const corner = (): HTMLElement => one(chat, "parley-corner button");
    const key = (name: string): boolean =>
      corner().dispatchEvent(new KeyboardEvent("keydown", { key: name, cancelable: true }));

    beforeEach(() => {
      vi.spyOn(chat, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 400, 500));
    });

    it("grows and shrinks with the arrow keys, and Home gives the usual size (D25)", () => {
      key("ArrowLeft");
      expect(size()).toEqual(["432px", "500px"]);
      key("ArrowDown");
      expect(size()).toEqual(["400px", "468px"]);
      expect(chat.hasAttribute("resized")).toBe(true);
      key("Home");
      expect(chat.hasAttribute("resized")).toBe(false);
    });

    it("follows the pointer that drags it, and no other (D25)", () => {
      const at = (kind: string, clientX: number, clientY: number): boolean =>
        corner().dispatchEvent(new PointerEvent(kind, { clientX, clientY, pointerId: 1 }));
      corner().setPointerCapture = () => undefined;
      at("pointermove", 50, 50);
      expect(size()).toEqual(["", ""]);
      at("pointerdown", 100, 100);
      at("pointermove", 90, 120);
      expect(size()).toEqual(["410px", "480px"]);
      at("pointerup", 90, 120);
      at("pointermove", 0, 0);
      expect(size()).toEqual(["410px", "480px"]);
    });

    it("does not shrink to nothing (D25)", () => {
      vi.spyOn(chat, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 290, 330));
      key("ArrowRight");
      key("ArrowDown");
      expect(size()).toEqual(["290px", "320px"]);
    });
  });
});
