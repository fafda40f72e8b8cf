import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import { keptDraft } from "./drafts";
import type { Told } from "./events";
import { limits } from "../protocol/wire";
import "./composer";
import type { Composer } from "./composer";
import { all, button, draw, one, oneOf, press, settled, told, words, write } from "./testing";

describe("The composer", () => {
  let composer: Composer;
  let field: HTMLTextAreaElement;
  let said: Told["parley-say"][];

  beforeEach(async () => {
    sessionStorage.clear();
    composer = await draw(html`<parley-composer session="acme/1"></parley-composer>`);
    field = oneOf(HTMLTextAreaElement, composer, "textarea");
    said = told(composer, "parley-say");
  });

  const key = (init: KeyboardEventInit): boolean =>
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", cancelable: true, ...init }));

  it("sends with Enter and is empty afterwards", async () => {
    write(field, "Good morning");
    expect(key({})).toBe(false); // No line break as well.
    await settled(composer);
    expect(said).toEqual([{ session: "acme/1", text: "Good morning" }]);
    expect(field.value).toBe("");
  });

  it("sends with the button", () => {
    write(field, "Ok.");
    press(composer, "Send");
    expect(said).toEqual([{ session: "acme/1", text: "Ok." }]);
  });

  it("leaves Shift+Enter to break the line (D8)", () => {
    write(field, "One line");
    expect(key({ shiftKey: true })).toBe(true);
    expect(said).toEqual([]);
  });

  it("leaves the Enter that ends a composition to the input method", () => {
    write(field, "にほん");
    expect(key({ isComposing: true })).toBe(true);
    expect(said).toEqual([]);
  });

  it("knows that Enter also where the browser tells it just after the composition, as Safari does", () => {
    write(field, "にほん");
    field.dispatchEvent(new CompositionEvent("compositionend"));
    expect(key({})).toBe(true);
    expect(said).toEqual([]);
  });

  describe("with what looks like a password (N14)", () => {
    const password = "password: hunter2";
    const doubt = (): HTMLElement | undefined => all(composer, "[role=alertdialog]")[0];

    beforeEach(async () => {
      write(field, password);
      key({});
      await settled(composer);
    });

    it("asks before it is sent", () => {
      expect(said).toEqual([]);
      expect(words(doubt() ?? composer)).toContain("This looks like a password.");
      expect(composer.shadowRoot?.activeElement).toBe(button(composer, "Send as secret"));
    });

    it("sends it all the same", async () => {
      press(composer, "Send anyway");
      await settled(composer);
      expect(said).toEqual([{ session: "acme/1", text: password }]);
      expect(doubt()).toBeUndefined();
      expect(composer.shadowRoot?.activeElement).toBe(field);
    });

    it("moves it into the dialog for secrets", async () => {
      press(composer, "Send as secret");
      await settled(composer);
      expect(oneOf(HTMLTextAreaElement, composer, "#secret").value).toBe(password);
      expect(field.value).toBe("");
      expect(said).toEqual([]);
    });

    it("lets it be changed, and asks no more when it is", async () => {
      press(composer, "Change it");
      expect(composer.shadowRoot?.activeElement).toBe(field);
      write(field, "I have sent it.");
      key({});
      await settled(composer);
      expect(said).toEqual([{ session: "acme/1", text: "I have sent it." }]);
    });

    it("keeps no draft of it", () => {
      expect(keptDraft("acme/1")).toBe("");
      write(field, "I have one");
      expect(keptDraft("acme/1")).toBe("I have one");
    });
  });

  it("sends nothing but blanks never", () => {
    write(field, " \n ");
    key({});
    expect(said).toEqual([]);
  });

  it("tells of the limit before it is reached, in bytes of UTF-8", async () => {
    write(field, "x".repeat(limits.maxText - 100));
    await settled(composer);
    expect(words(composer)).toContain("room for about 100 characters more");
    write(field, "ä".repeat(limits.maxText / 2));
    await settled(composer);
    expect(words(composer)).toContain("room for about 0 characters more");
  });

  it("does not send what is too long, and says what to do", async () => {
    write(field, "ä".repeat(limits.maxText / 2 + 1));
    await settled(composer);
    key({});
    expect(said).toEqual([]);
    expect(button(composer, "Send")?.getAttribute("aria-disabled")).toBe("true");
    expect(words(composer)).toContain("1 character too long. Shorten it, or send it as two.");
    expect(field.value).not.toBe("");
  });

  it("tells what is being written, and that nothing is after sending", () => {
    const drafts = told(composer, "parley-draft");
    write(field, "Go");
    key({});
    expect(drafts.map(({ text }) => text)).toEqual(["Go", ""]);
  });

  it("inserts an emoji where the caret is", async () => {
    write(field, "Good morning");
    field.setSelectionRange(4, 4);
    press(composer, "Insert an emoji");
    await settled(composer);
    press(composer, "coffee");
    expect(field.value).toBe("Good☕ morning");
  });

  it("has no ready replies for a contact", async () => {
    write(field, "/");
    await settled(composer);
    expect(all(composer, "parley-reply-list")).toEqual([]);
  });

  it("keeps what was begun over a reload, and forgets it when it was sent (D26)", async () => {
    write(field, "Half a sen");
    composer = await draw(html`<parley-composer session="acme/1"></parley-composer>`);
    field = oneOf(HTMLTextAreaElement, composer, "textarea");
    expect(field.value).toBe("Half a sen");
    key({});
    composer = await draw(html`<parley-composer session="acme/1"></parley-composer>`);
    expect(oneOf(HTMLTextAreaElement, composer, "textarea").value).toBe("");
  });

  it("takes what was being written in the chat's own window, when that goes (D26)", async () => {
    const back = (session: string, draft: string): boolean =>
      window.dispatchEvent(
        new MessageEvent("message", { data: { parley: "back", session, draft }, origin: location.origin }),
      );
    back("acme/2", "Elsewhere");
    expect(field.value).toBe("");
    back("acme/1", "Half a sentence");
    await settled(composer);
    expect(field.value).toBe("Half a sentence");
  });

  describe("of a technician", () => {
    const names = (): string[] => all(composer, "parley-reply-list b").map((name) => words(name));

    beforeEach(async () => {
      composer.speaksOf = { contact: "Carol Jones", technician: "Alice Archer", device: "ACME-LT-07" };
      write(field, "/");
      await settled(composer);
    });

    it("offers the ready replies after a slash, and fills them in (P5)", async () => {
      expect(names()).toContain("/restart");
      key({ key: "ArrowDown" });
      await settled(composer);
      expect(words(one(composer, "parley-reply-list [role=status]"))).toContain("Ready reply 2 of");
      expect(key({})).toBe(false);
      await settled(composer);
      expect(field.value).toBe("Please save your work and restart ACME-LT-07. I wait here for you.");
      expect(said).toEqual([]);
      key({});
      expect(said).toHaveLength(1);
    });

    it("puts them away with Escape, and sends what was written (P5)", async () => {
      key({ key: "Escape" });
      await settled(composer);
      expect(names()).toEqual([]);
      key({});
      expect(said).toEqual([{ session: "acme/1", text: "/" }]);
    });
  });
});
