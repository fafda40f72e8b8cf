import { describe, expect, it } from "vitest";
import type { Session } from "../protocol/wire";
import { alice, bob, carol, requested, session } from "./samples";
import { askingWords, chargeWords, managed } from "./session-groups";

describe("In the session manager, a session", () => {
  const groups = (part: Partial<Session>): string[] =>
    Object.entries(managed([{ ...session, ...part }], alice))
      .filter(([, list]) => (list as readonly Session[]).length > 0)
      .map(([name]) => name);
  const handedOn = (to: string): Partial<Session> => ({
    participants: [{ ...carol, joined: true }],
    transfer: { to: { ...bob, id: to }, by: bob },
  });

  it.each<[string, Partial<Session>, string[]]>([
    ["is the reader's own", {}, ["mine"]],
    ["is the reader's own while the contact is asked", { state: "connecting" }, ["mine"]],
    ["waits for the reader when a colleague hands it on to them", handedOn(alice.id), ["waiting"]],
    ["is the colleagues' when it is handed on to another", handedOn(bob.id), ["others"]],
    ["is missing while a colleague asks a contact", { state: "connecting", participants: [] }, []],
    ["is missing when it is over", { state: "ended" }, []],
  ])("%s", (_, part, expected) => {
    expect(groups(part)).toEqual(expected);
  });
});

describe("Who is in charge", () => {
  it("is the reader, a colleague or nobody", () => {
    expect(chargeWords({ ...session, owner: alice.id }, alice)).toBe("You are in charge");
    expect(chargeWords({ ...session, owner: alice.id }, bob)).toBe("Alice Archer is in charge");
    expect(chargeWords(requested, bob)).toBe("Nobody is in charge");
  });
});

describe("What asks for a technician", () => {
  it("is said in a sentence", () => {
    const offered: Session = { ...session, transfer: { to: bob, by: alice } };
    expect(askingWords(requested)).toBe("Dave Miller asks for help");
    expect(askingWords(offered)).toBe("Alice Archer asks you to take over the session with Carol Jones");
  });
});
