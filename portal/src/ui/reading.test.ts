import { html } from "lit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Told } from "./events";
import { alice, carol, entries } from "./samples";
import { all, draw, told } from "./testing";
import "./transcript";
import type { Transcript } from "./transcript";

/** The test browser has no layout; so the test says what is on the screen. */
class Screen {
  static last: Screen;
  readonly watched = new Set<Element>();

  constructor(
    private readonly tell: (changes: Pick<IntersectionObserverEntry, "target" | "isIntersecting">[]) => void,
  ) {
    Screen.last = this;
  }

  observe(line: Element): void {
    this.watched.add(line);
  }

  unobserve(line: Element): void {
    this.watched.delete(line);
  }

  disconnect(): void {
    this.watched.clear();
  }

  shows(line: Element | undefined, isIntersecting = true): void {
    if (line && this.watched.has(line)) this.tell([{ target: line, isIntersecting }]);
  }
}

describe("Reading", () => {
  let transcript: Transcript;
  let read: Told["parley-read"][];
  let visible: DocumentVisibilityState;

  beforeEach(async () => {
    visible = "visible";
    vi.stubGlobal("IntersectionObserver", Screen);
    vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visible);
    transcript = await draw(html`
      <parley-transcript
        session="acme/1"
        .entries=${entries}
        .me=${alice}
        .contact=${carol}
      ></parley-transcript>
    `);
    read = told(transcript, "parley-read");
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  const line = (seq: number): HTMLElement | undefined => all(transcript, `[data-seq="${seq}"]`)[0];

  it("goes as far as the last line on the screen, and never back (P4)", () => {
    Screen.last.shows(line(3));
    Screen.last.shows(line(2));
    Screen.last.shows(line(10));
    expect(read).toEqual([
      { session: "acme/1", seq: 3 },
      { session: "acme/1", seq: 10 },
    ]);
  });

  it("waits while the page is behind another, until it is looked at (P4)", () => {
    visible = "hidden";
    Screen.last.shows(line(10));
    expect(read).toEqual([]);
    visible = "visible";
    document.dispatchEvent(new Event("visibilitychange"));
    expect(read).toEqual([{ session: "acme/1", seq: 10 }]);
  });

  it("does not count what has left the screen before the page was looked at", () => {
    visible = "hidden";
    Screen.last.shows(line(10));
    Screen.last.shows(line(10), false);
    visible = "visible";
    document.dispatchEvent(new Event("visibilitychange"));
    expect(read).toEqual([]);
  });

  it("watches no line that was read", () => {
    Screen.last.shows(line(10));
    expect(Screen.last.watched.size).toBe(0);
  });
});
