import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry } from "../protocol/wire";
import { arrange, type Block } from "./lines";
import { alice, carol } from "./samples";

const at = new Date(2026, 10, 22, 12).getTime();
const minute = 60_000;
const said = (seq: number, by = carol, when = at): Entry => ({
  seq,
  at: when,
  kind: "message",
  by,
  message: `m${seq}`,
  text: `text ${seq}`,
});
const shape = (blocks: Block[]): string[] =>
  blocks.map((block) => (block.kind === "group" ? `${block.by.name}: ${block.lines.length}` : block.kind));

describe("A transcript", () => {
  it("groups what one person says within five minutes", () => {
    const blocks = arrange(
      [said(1), said(2), said(3, alice), said(4, carol), said(5, carol, at + 6 * minute)],
      [],
      alice,
      carol,
      at,
    );
    expect(shape(blocks)).toEqual([
      "day",
      "Carol Jones: 2",
      "Alice Archer: 1",
      "Carol Jones: 1",
      "Carol Jones: 1",
    ]);
  });

  it("says where a new day begins", () => {
    const blocks = arrange([said(1, carol, at - 24 * 60 * minute), said(2)], [], alice, carol, at);
    expect(blocks.flatMap((block) => (block.kind === "day" ? [block.name] : []))).toEqual([
      "Yesterday",
      "Today",
    ]);
  });

  it("keeps the key of a message when the service has taken it in", () => {
    const sending = { message: "m2", text: "text 2", at, delivery: { kind: "sending" } as const };
    const before = arrange([said(1, alice)], [sending], alice, carol, at);
    const after = arrange([said(1, alice), said(2, alice)], [], alice, carol, at);
    const keys = (blocks: Block[]): string[] =>
      blocks.flatMap((block) => (block.kind === "group" ? block.lines.map(({ key }) => key) : []));
    expect(keys(after)).toEqual(keys(before));
  });

  it("says in green who joined, also when a session starts with the contact in it", () => {
    const blocks = arrange([{ seq: 1, at, kind: "started", by: alice }], [], alice, carol, at);
    expect(blocks.slice(1)).toMatchObject([
      { text: "Alice Archer started the session", joined: false },
      { text: "Carol Jones has joined", joined: true },
    ]);
  });

  it("loses no message and repeats none, whoever says them and whenever", () => {
    const entry = fc.record({ by: fc.constantFrom(alice, carol), gap: fc.nat(10 * minute) });
    fc.assert(
      fc.property(fc.array(entry), (parts) => {
        let when = at;
        const entries = parts.map(({ by, gap }, i) => said(i + 1, by, (when += gap)));
        const drawn = arrange(entries, [], alice, carol, when).flatMap((block) =>
          block.kind === "group" ? block.lines.map(({ message }) => message) : [],
        );
        expect(drawn).toEqual(entries.map(({ message }) => message));
      }),
    );
  });
});
