import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry } from "../protocol/wire";
import { dave } from "./testing/world";
import { Transcript } from "./transcript";

const entry = (seq: number): Entry => ({ seq, at: seq, kind: "message", by: dave, text: `line ${seq}` });
const seqs = (entries: readonly Entry[]): number[] => entries.map(({ seq }) => seq);

describe("a transcript", () => {
  it("shows pushes that come in order at once", () => {
    const transcript = new Transcript();
    expect(seqs(transcript.push(entry(1)))).toEqual([1]);
    expect(seqs(transcript.push(entry(2)))).toEqual([2]);
    expect(transcript.gap).toBe(false);
  });

  it("holds a push that was overtaken until the gap is filled", () => {
    const transcript = new Transcript();
    transcript.push(entry(1));
    expect(transcript.push(entry(3))).toEqual([]);
    expect(transcript.gap).toBe(true);
    expect(seqs(transcript.push(entry(2)))).toEqual([2, 3]);
    expect(transcript.gap).toBe(false);
  });

  it("never shows an entry twice", () => {
    const transcript = new Transcript();
    transcript.push(entry(1));
    transcript.push(entry(1));
    transcript.page(0, [entry(1), entry(2)], false);
    transcript.push(entry(2));
    expect(seqs(transcript.entries)).toEqual([1, 2]);
  });

  it("accepts the holes of a page, which are entries that have expired", () => {
    const transcript = new Transcript();
    expect(seqs(transcript.page(0, [entry(40), entry(43)], false))).toEqual([40, 43]);
    expect(transcript.seq).toBe(43);
    expect(seqs(transcript.push(entry(44)))).toEqual([44]);
  });

  it("keeps what was pushed while a page was on its way", () => {
    const transcript = new Transcript();
    transcript.push(entry(1));
    transcript.push(entry(4));
    expect(seqs(transcript.page(1, [entry(2), entry(3)], false))).toEqual([2, 3, 4]);
  });

  it("takes no page that begins behind what is known", () => {
    const transcript = new Transcript();
    expect(transcript.page(5, [entry(6)], false)).toEqual([]);
    expect(transcript.seq).toBe(0);
  });

  it("knows of a gap when an entry was promised, until a last page shows there is none", () => {
    const transcript = new Transcript();
    transcript.push(entry(1));
    transcript.promise(2);
    expect(transcript.gap).toBe(true);
    transcript.page(1, [], false);
    expect(transcript.gap).toBe(false);
  });

  it("bounds what it holds, and knows that more exists", () => {
    const transcript = new Transcript();
    for (let seq = 2; seq < 2000; seq++) transcript.push(entry(seq));
    transcript.push(entry(1));
    expect(transcript.seq).toBe(501);
    expect(transcript.gap).toBe(true);
  });
});

describe("any interleaving of pushes, pages and cuts", () => {
  /** The entries that have not expired. */
  const kept = fc
    .uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 40 })
    .map((all) => all.sort((a, b) => a - b));
  const step = fc.oneof(
    fc.record({ kind: fc.constant("push" as const), at: fc.nat(39) }),
    fc.record({
      kind: fc.constant("page" as const),
      size: fc.integer({ min: 1, max: 5 }),
      written: fc.nat(40),
    }),
    fc.record({
      kind: fc.constant("late page" as const),
      after: fc.nat(40),
      size: fc.integer({ min: 1, max: 5 }),
    }),
  );

  it("gives the transcript of the service", () => {
    fc.assert(
      fc.property(kept, fc.array(step, { maxLength: 60 }), (all, steps) => {
        const transcript = new Transcript();
        const page = (after: number, size: number, written = 40): boolean => {
          const rest = all.filter((seq) => seq > after && seq <= written).map(entry);
          transcript.page(after, rest.slice(0, size), rest.length > size);
          return rest.length > size;
        };
        for (const it of steps) {
          const seq = it.kind === "push" ? all[it.at] : undefined;
          if (seq !== undefined) transcript.push(entry(seq));
          if (it.kind === "page") page(transcript.seq, it.size, Math.max(it.written, transcript.seq));
          if (it.kind === "late page") page(it.after, it.size);
          const shown = seqs(transcript.entries);
          expect(shown).toEqual([...new Set(shown)].sort((a, b) => a - b));
        }
        while (page(transcript.seq, 4));
        expect(seqs(transcript.entries)).toEqual(all);
        expect(transcript.gap).toBe(false);
      }),
    );
  });
});
