import { describe, expect, it } from "vitest";
import type { Mark } from "../protocol/wire";
import { reachOf } from "./reach";
import { alice, bob, carol, now, session, view } from "./samples";
import { localTime } from "./time";

const at = localTime(now);
const mark = (rest: Partial<Mark>): Mark => ({ participant: carol.id, delivered: 0, read: 0, ...rest });
const shown = (...marks: Mark[]): string[] => {
  const reach = reachOf({ ...view, marks }, alice);
  return [reach?.short ?? "", reach?.words ?? ""];
};

describe("How far the last message has come (N17)", () => {
  it("goes up the ladder: sent, delivered, marked, tone, notification, seen", () => {
    const told = (rung: Mark["rung"] & string): Mark =>
      mark({ delivered: 10, notified: 10, rung, notifiedAt: now });
    const hidden = "Delivered. Carol Jones's window was hidden;";
    expect(shown()).toEqual(["Sent", "Sent. Carol Jones has not received it yet."]);
    expect(shown(mark({ delivered: 10 }))).toEqual(["Delivered", "Delivered to Carol Jones. Not seen yet."]);
    expect(shown(told("dot"))).toEqual([`Tab marked ${at}`, `${hidden} its tab was marked at ${at}.`]);
    expect(shown(told("tone"))).toEqual([`Tone played ${at}`, `${hidden} a tone was played at ${at}.`]);
    expect(shown(told("toast"))).toEqual([
      `Notification shown ${at}`,
      `${hidden} a notification was shown at ${at}.`,
    ]);
    expect(shown({ ...told("toast"), read: 10 })).toEqual(["Seen", "Seen by Carol Jones"]);
  });

  it("is not what told of an earlier message", () => {
    expect(shown(mark({ delivered: 10, read: 4, notified: 4, rung: "toast", notifiedAt: now }))[0]).toBe(
      "Delivered",
    );
  });

  it("is the best of several people, and of nobody who has left", () => {
    const three = { ...session, participants: [...session.participants, { ...bob, joined: true }] };
    const tone = mark({ delivered: 10, notified: 10, rung: "tone", notifiedAt: now });
    const toast = { ...tone, participant: bob.id, rung: "toast" as const };
    expect(reachOf({ ...view, session: three, marks: [tone, toast] }, alice)?.words).toContain("Bob Baker's");
    expect(reachOf({ ...view, marks: [tone, toast] }, alice)?.words).toContain("Carol Jones's");
  });

  it("is nothing where somebody has answered, where it is still on its way, and for a contact", () => {
    const answer = { seq: 11, at: now, kind: "message", by: carol, text: "Thanks" } as const;
    const ring = { seq: 11, at: now, kind: "call_rang", by: carol } as const;
    expect(reachOf({ ...view, entries: [...view.entries, answer] }, alice)).toBeUndefined();
    expect(reachOf({ ...view, entries: [...view.entries, ring] }, alice)).toBeDefined();
    expect(reachOf(view, bob)).toBeUndefined();
    expect(reachOf({ ...view, entries: [answer] }, carol)).toBeUndefined();
    const waiting = { message: "m", text: "…", at: now, delivery: { kind: "waiting" } } as const;
    expect(reachOf({ ...view, outgoing: [waiting] }, alice)).toBeUndefined();
  });
});
