import { describe, expect, it } from "vitest";
import { aSession, alice, dave } from "../client/testing/world";
import type { Call, Entry, EntryKind, Person } from "../protocol/wire";
import { bystander, ending } from "./phase";

const ringing: Call = {
  id: "c1",
  media: "voice",
  state: "ringing",
  by: "alice",
  parties: [{ id: "alice", peer: "her-page" }],
  rangAt: 1,
};
const answered: Call = {
  ...ringing,
  state: "answered",
  parties: [...ringing.parties, { id: "dave", peer: "his-page" }],
};
const entry = (seq: number, kind: EntryKind, by: Person, call = "c1"): Entry => ({
  seq,
  at: seq,
  kind,
  by,
  call: { id: call, media: "voice" },
});
const seen = (call: Call | undefined, me: Person, entries: Entry[] = []): string =>
  bystander(aSession(call && { call }), entries, me.id, undefined).kind;

describe("a page without a part in the call", () => {
  it("rings for those who were called, on every page", () => expect(seen(ringing, dave)).toBe("ringing"));
  it("does not ring for the caller's other pages", () => expect(seen(ringing, alice)).toBe("elsewhere"));
  it("stops ringing when another page answers", () => expect(seen(answered, dave)).toBe("elsewhere"));
  it("stops ringing when another page declines, though others still ring", () =>
    expect(seen(ringing, dave, [entry(2, "call_declined", dave)])).toBe("idle"));
  it("rings again for the next call", () =>
    expect(seen(ringing, dave, [entry(2, "call_declined", dave, "c0")])).toBe("ringing"));
  it("is idle without a call, and when the session is ended", () => {
    expect(seen(undefined, dave)).toBe("idle");
    expect(bystander(aSession({ call: ringing, state: "ended" }), [], "dave", undefined).kind).toBe("idle");
  });
  it("tells that this page is answering", () =>
    expect(bystander(aSession({ call: ringing }), [], "dave", "c1")).toMatchObject({
      kind: "ringing",
      answering: true,
    }));
});

describe("the end of a call", () => {
  it("is an end after an answer", () =>
    expect(ending(answered, [entry(3, "call_ended", dave)]).kind).toBe("ended"));
  it("is a refusal when it was declined", () =>
    expect(ending(ringing, [entry(1, "call_rang", alice), entry(2, "call_declined", dave)]).kind).toBe(
      "declined",
    ));
  it("is nobody's answer when it rang in vain", () =>
    expect(ending(ringing, [entry(2, "call_ended", alice)]).kind).toBe("unanswered"));
});
