import { describe, expect, it } from "vitest";
import type { Session } from "../protocol/wire";
import { alice, bob, carol, requested, session } from "./samples";
import { chargeWords, groupOf } from "./session-groups";

const callback = { phone: "+44 20 7946 0018", at: 1 };

describe("A session belongs", () => {
  it.each<[string, Partial<Session>, string | undefined]>([
    ["to the reader's own", {}, "mine"],
    ["to the reader's own while the contact is asked", { state: "connecting" }, "mine"],
    ["to those that wait", { state: "requested", participants: [] }, "waiting"],
    ["to those that wait when a colleague hands it on", handedOn(alice.id), "waiting"],
    ["to the colleagues'", handedOn(bob.id), "others"],
    ["to the abandoned", { state: "abandoned" }, "abandoned"],
    ["to the callbacks", { state: "abandoned", callback }, "callbacks"],
    ["nowhere while a colleague asks a contact", { state: "connecting", participants: [] }, undefined],
    ["nowhere when it is over", { state: "ended" }, undefined],
    ["nowhere when it was withdrawn", { state: "cancelled" }, undefined],
    ["nowhere when the contact did not agree", { state: "declined" }, undefined],
  ])("%s", (_, part, group) => {
    expect(groupOf({ ...session, ...part }, alice)).toBe(group);
  });
});

describe("Who is in charge", () => {
  it("is the reader, a colleague or nobody", () => {
    expect(chargeWords({ ...session, owner: alice.id }, alice)).toBe("You are in charge");
    expect(chargeWords({ ...session, owner: alice.id }, bob)).toBe("Alice Archer is in charge");
    expect(chargeWords(requested, bob)).toBe("Nobody is in charge");
  });
});

function handedOn(to: string): Partial<Session> {
  return {
    participants: [{ ...carol, joined: true }],
    transfer: { to: { ...bob, id: to }, by: bob },
  };
}
