import { describe, expect, it } from "vitest";
import type { Session } from "../protocol/wire";
import { groupsOf, isOffered, isOver, type Groups } from "./life";
import { alice, aSession, dave } from "./testing/world";

const names = (sessions: Session[]): Record<keyof Groups, string[]> => {
  const { mine, waiting, abandoned, callbacks, others } = groupsOf(sessions, alice);
  const ids = (group: readonly Session[]): string[] => group.map(({ id }) => id);
  return {
    mine: ids(mine),
    waiting: ids(waiting),
    abandoned: ids(abandoned),
    callbacks: ids(callbacks),
    others: ids(others),
  };
};
const none = { mine: [], waiting: [], abandoned: [], callbacks: [], others: [] };
const daveOnly = [{ ...dave, joined: true }];

describe("a technician's sessions are in groups (G5)", () => {
  it.each<[string, Partial<Session>, Partial<Record<keyof Groups, string[]>>]>([
    ["what they take part in", {}, { mine: ["s"] }],
    ["what waits for a contact's yes", { state: "connecting" }, { mine: ["s"] }],
    ["what goes on without them", { participants: daveOnly }, { others: ["s"] }],
    ["what they have left", { participants: [{ ...alice, joined: false }] }, { others: ["s"] }],
    ["what nobody has answered", { state: "requested", participants: daveOnly }, { waiting: ["s"] }],
    ["what was given back", { state: "requested" }, { waiting: ["s"] }],
    ["what nobody answered in time", { state: "abandoned" }, { abandoned: ["s"] }],
    [
      "what left a number (F20)",
      { state: "abandoned", callback: { phone: "112", at: 5 } },
      { callbacks: ["s"] },
    ],
    ["what is ended", { state: "ended" }, {}],
    ["what was cancelled", { state: "cancelled" }, {}],
    ["what was declined", { state: "declined" }, {}],
  ])("%s", (_, session, group) => {
    expect(names([aSession({ id: "s", ...session })])).toEqual({ ...none, ...group });
  });

  it("with whom to turn to first at the front", () => {
    const waiting = [3, 1, 2].map((requestedAt) =>
      aSession({ id: `${requestedAt}`, state: "requested", createdAt: 4 - requestedAt, requestedAt }),
    );
    const callbacks = [6, 4, 5].map((at) =>
      aSession({ id: `${at}`, state: "abandoned", callback: { phone: "112", at } }),
    );
    expect(names([...waiting, ...callbacks])).toEqual({
      ...none,
      waiting: ["1", "2", "3"],
      callbacks: ["4", "5", "6"],
    });
  });
});

describe("a session", () => {
  it("is over when nothing can be said in it any more", () => {
    const states: Session["state"][] = [
      "connecting",
      "requested",
      "active",
      "abandoned",
      "cancelled",
      "declined",
      "ended",
    ];
    expect(states.filter(isOver)).toEqual(["abandoned", "cancelled", "declined", "ended"]);
  });

  it("is offered to the contact who is asked, and to the colleague whom it is transferred to", () => {
    const asked = aSession({ state: "connecting" });
    const handed = aSession({ transfer: { to: alice, by: dave } });
    expect([isOffered(asked, dave.id), isOffered(asked, alice.id)]).toEqual([true, false]);
    expect([isOffered(handed, dave.id), isOffered(handed, alice.id)]).toEqual([false, true]);
    expect(isOffered({ ...handed, state: "ended" }, alice.id)).toBe(false);
  });
});
