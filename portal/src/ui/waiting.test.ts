import { html } from "lit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatView } from "./chat-notes";
import { requested, view } from "./samples";
import { all, button, draw, one, oneOf, press, settled, told, words, write } from "./testing";
import "./waiting";
import type { Waiting } from "./waiting";

const asked = 1_000_000_000_000;
const waitingView: ChatView = { ...view, session: { ...requested, createdAt: asked }, place: 2 };

describe("Waiting for a technician", () => {
  let waiting: Waiting;

  beforeEach(() => {
    vi.useFakeTimers({ now: asked });
  });
  afterEach(() => vi.useRealTimers());

  const after = async (milliseconds: number, part: Partial<ChatView> = {}): Promise<void> => {
    vi.setSystemTime(asked + milliseconds);
    waiting = await draw(html`<parley-waiting .view=${{ ...waitingView, ...part }}></parley-waiting>`);
  };

  it("tells the place among those who wait, and what happens next", async () => {
    await after(0);
    expect(words(waiting)).toContain("You are number 2 of those who wait");
    expect(words(waiting)).toContain("A technician reads your request and joins you here.");
    await after(0, { place: 1 });
    expect(words(waiting)).toContain("You are next");
  });

  it("can be ended by the contact after a minute and not at 59 seconds (F6)", async () => {
    await after(59_000);
    expect(button(waiting, "End my request")).toBeUndefined();
    expect(words(waiting)).toContain("end your request in 1 second.");
    await vi.advanceTimersByTimeAsync(1_001);
    const ends = told(waiting, "parley-end");
    press(waiting, "End my request");
    expect(ends).toEqual([{ session: requested.id }]);
  });

  it("can be ended by the user of a device at once (F10)", async () => {
    await after(0, { session: { ...waitingView.session, kind: "managed" } });
    const ends = told(waiting, "parley-end");
    press(waiting, "End my request");
    expect(ends).toEqual([{ session: requested.id }]);
    expect(words(waiting)).toContain("you can be called back in 60 seconds.");
    expect(all(waiting, ".choice button").map((each) => words(each))).toEqual(["End my request"]);
  });

  it("offers no call where callbacks are turned off (A7)", async () => {
    await after(59_000, { callbacks: false });
    expect(words(waiting)).toContain("you can end your request in 1 second.");
    await after(61_000, { callbacks: false });
    expect(all(waiting, ".choice button").map((each) => words(each))).toEqual(["End my request"]);
    await after(0, { callbacks: false, office: { open: false } });
    expect(words(waiting)).toContain("We answer when we are back.");
    expect(words(waiting)).not.toContain("number");
  });

  it("counts the seconds until then", async () => {
    await after(17_000);
    expect(words(one(waiting, "[role=timer]"))).toContain("in 43 seconds");
    await vi.advanceTimersByTimeAsync(1_001);
    expect(words(one(waiting, "[role=timer]"))).toContain("in 42 seconds");
  });

  it("can be ended at once outside office hours, and says when somebody is back (F7)", async () => {
    await after(0, { office: { open: false, until: asked + 5 * 86_400_000 } });
    expect(words(waiting)).toContain("We are not there right now");
    expect(words(waiting)).toMatch(/We are back on .+ at /u);
    expect(button(waiting, "End my request")).toBeDefined();
  });

  it("offers to be called back outside office hours (F16)", async () => {
    await after(0, { office: { open: false } });
    expect(button(waiting, "Call me back")).toBeDefined();
  });

  it("offers to be called back after a minute, and not before (F17)", async () => {
    await after(30_000, { office: { open: true } });
    expect(all(waiting, ".choice button")).toEqual([]);
    await after(60_000, { office: { open: true } });
    expect(button(waiting, "Call me back")).toBeDefined();
  });

  describe("with a number left", () => {
    const leave = async (phone: string, note = ""): Promise<void> => {
      write(oneOf(HTMLInputElement, waiting, "input"), phone);
      write(oneOf(HTMLTextAreaElement, waiting, "textarea"), note);
      oneOf(HTMLFormElement, waiting, "form").requestSubmit();
      await settled(waiting);
    };

    beforeEach(async () => {
      await after(60_000);
      press(waiting, "Call me back");
      await settled(waiting);
    });

    it("tells the number and the note (F18)", async () => {
      const callbacks = told(waiting, "parley-callback");
      await leave(" +44 (20) 7946-0000 ", "After five.");
      expect(callbacks).toEqual([
        { session: requested.id, phone: "+44 (20) 7946-0000", note: "After five." },
      ]);
      expect(oneOf(HTMLDialogElement, waiting, "dialog").open).toBe(false);
    });

    it("needs no note (F18)", async () => {
      const callbacks = told(waiting, "parley-callback");
      await leave("112");
      expect(callbacks).toEqual([{ session: requested.id, phone: "112", note: "" }]);
    });

    it.each([
      ["", "Write the number at which we can call you."],
      ["12", "A phone number has 3 to 32 digits."],
      ["call me 0123", "A phone number has digits, and + - ( ) . / or spaces between them."],
    ])("says what is wrong with %j, and keeps the dialog (F18)", async (phone, complaint) => {
      const callbacks = told(waiting, "parley-callback");
      await leave(phone);
      expect(words(one(waiting, "#complaint"))).toBe(complaint);
      expect(oneOf(HTMLDialogElement, waiting, "dialog").open).toBe(true);
      expect(callbacks).toEqual([]);
    });

    it("asks for a shorter note, counted as it travels", async () => {
      await leave("0123", "ä".repeat(513));
      expect(words(one(waiting, "#too-long"))).toBe("Shorten it by about 1 character.");
    });
  });
});
