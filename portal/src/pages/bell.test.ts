import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Entry } from "../protocol/wire";
import { prefer, preferences } from "../ui/preferences";
import { alice, carol, now, session } from "../ui/samples";
import * as tone from "../ui/tone";
import { beginningOf, Bell, callOf, type Call } from "./bell";
import { Shown } from "./testing/shown";

const said = { seq: 4, at: now, kind: "message", by: alice, text: "Hello" } as const;
const nudge = { seq: 5, at: now, kind: "nudged", by: alice } as const;

/** How an entry calls Carol. */
function rung(entry: Entry): Call {
  const call = callOf(entry, carol);
  if (!call) throw new Error(`${entry.kind} calls nobody`);
  return call;
}

describe("The bell of a chat that its reader does not see (N17, C23)", () => {
  let bell: Bell;
  let chosen: string[];
  const played = vi.spyOn(tone, "playTone");
  const message = rung(said);
  const nudged = rung(nudge);

  beforeEach(() => {
    vi.useFakeTimers();
    chosen = [];
    Shown.become("granted");
    played.mockReset().mockReturnValue(true);
    prefer({ ...preferences(), tone: true });
    bell = new Bell((id) => chosen.push(id));
    vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  });
  afterEach(() => {
    bell.seen("acme/1");
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("shows a notification where that was allowed and the page is hidden, and says so", () => {
    expect(bell.calls("acme/1", message)).toBe("toast");
    expect(Shown.all).toMatchObject([{ title: "Alice Archer", options: { body: "Hello", tag: "acme/1" } }]);
  });

  it("says that it was heard where no notification may be shown, and marked where nothing was", () => {
    Shown.become("default");
    expect(bell.calls("acme/1", message)).toBe("tone");
    played.mockReturnValue(false); // Nobody has touched the page.
    expect(bell.calls("acme/1", message)).toBe("dot");
    played.mockReturnValue(true);
    prefer({ ...preferences(), tone: false });
    expect(bell.calls("acme/1", message)).toBe("dot");
  });

  it("shows no notification on a page that is only not in front of the chat", () => {
    vi.spyOn(document, "hidden", "get").mockReturnValue(false);
    expect(bell.calls("acme/1", message)).toBe("tone");
    expect(Shown.all).toEqual([]);
  });

  it("goes on for a nudge, until it is seen or nobody comes", () => {
    bell.calls("acme/1", nudged);
    expect(Shown.all).toMatchObject([
      { title: "Alice Archer asks for your attention", options: { requireInteraction: true } },
    ]);
    vi.advanceTimersByTime(60_000);
    expect(played.mock.calls).toEqual(Array.from({ length: 5 }, () => ["nudged"]));
    bell.calls("acme/1", nudged);
    vi.advanceTimersByTime(3_000);
    bell.seen("acme/1");
    vi.advanceTimersByTime(60_000);
    expect(played).toHaveBeenCalledTimes(7);
    expect(Shown.all.map(({ closed }) => closed)).toEqual([false, true]);
  });

  it("leads to the chat whose notification is pressed", () => {
    vi.spyOn(window, "focus").mockImplementation(() => undefined);
    bell.calls("acme/1", message);
    Shown.all[0]?.onclick?.();
    expect(chosen).toEqual(["acme/1"]);
    expect(Shown.all[0]?.closed).toBe(true);
  });

  it("is rung by messages, nudges, and who comes to help; by nothing else", () => {
    const joined = { ...nudge, kind: "joined" } as const;
    expect(callOf(joined, carol)?.title).toBe("Alice Archer has joined");
    expect(callOf(joined, alice)).toBeUndefined();
    expect(callOf({ ...nudge, kind: "ended" }, carol)).toBeUndefined();
    expect(callOf({ ...said, text: "x".repeat(500) }, carol)?.body).toHaveLength(140);
  });

  it("says who has begun a chat", () => {
    expect(beginningOf({ ...session, owner: alice.id }).title).toBe(
      "Alice Archer has opened a chat with you",
    );
  });
});
