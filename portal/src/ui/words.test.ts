import { describe, expect, it } from "vitest";
import type { Entry } from "../protocol/wire";
import { alice, carol } from "./samples";
import { initials, listed, systemLines } from "./words";

const line = (entry: Partial<Entry> & Pick<Entry, "kind">): string =>
  systemLines({ seq: 1, at: 0, by: alice, ...entry }, carol)
    .map(({ text }) => text)
    .join("; ");

describe("Lines of the service", () => {
  it.each<[Partial<Entry> & Pick<Entry, "kind">, string]>([
    [{ kind: "requested", by: carol, text: "No paper" }, "Carol Jones asked for help: No paper"],
    [{ kind: "started" }, "Alice Archer started the session; Carol Jones has joined"],
    [{ kind: "joined" }, "Alice Archer has joined"],
    [{ kind: "left" }, "Alice Archer has left"],
    [{ kind: "invited", to: { ...carol, name: "Gwen (guest)" } }, "Alice Archer invited Gwen (guest)"],
    [
      { kind: "revoked", to: { ...carol, name: "Gwen (guest)" } },
      "Alice Archer withdrew the invitation of Gwen (guest)",
    ],
    [{ kind: "ended" }, "Alice Archer ended the session"],
    [
      { kind: "ended", call: { id: "k", media: "video", seconds: 120 } },
      "The video call ended after 2 minutes; Alice Archer ended the session",
    ],
    [
      { kind: "transferred", call: { id: "k", media: "voice" } },
      "The call ended without an answer; Alice Archer has left, and Carol Jones waits for another technician",
    ],
    [{ kind: "call_rang", call: { id: "k", media: "video" } }, "Alice Archer started a video call"],
    [{ kind: "call_answered" }, "Alice Archer answered the call"],
    [{ kind: "call_declined" }, "Alice Archer declined the call"],
    [{ kind: "call_ended", call: { id: "k", media: "voice" } }, "The call ended without an answer"],
    [
      { kind: "call_ended", call: { id: "k", media: "voice", seconds: 61, path: "relayed" } },
      "The voice call ended after 1 minute. Relayed through Parley",
    ],
  ])("%j", (entry, said) => expect(line(entry)).toBe(said));
});

describe("Names", () => {
  it("are listed as one says them", () => {
    expect(listed([])).toBe("");
    expect(listed(["Alice"])).toBe("Alice");
    expect(listed(["Alice", "Bob", "Carol"])).toBe("Alice, Bob and Carol");
  });
  it("have initials, in any script", () => {
    expect(initials("Carol Jones")).toBe("CJ");
    expect(initials("Madonna")).toBe("M");
    expect(initials("Gwen Hill (guest)")).toBe("GH");
    expect(initials("𝒜da von der 𝒵eit")).toBe("𝒜𝒵");
    expect(initials("")).toBe("");
  });
});
