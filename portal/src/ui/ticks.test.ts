import { describe, expect, it } from "vitest";
import { alice, bob, carol } from "./samples";
import { tickOf } from "./ticks";

const mark = (
  participant: string,
  delivered: number,
  read: number,
): Parameters<typeof tickOf>[1][number] => ({
  participant,
  delivered,
  read,
});

describe("The tick of an own message (P4)", () => {
  it("is sent as long as no page of the others has it", () => {
    expect(tickOf(5, [mark(carol.id, 4, 4)], [carol])).toEqual({ kind: "sent", words: "Sent" });
    expect(tickOf(5, [], [carol]).kind).toBe("sent");
  });

  it("is delivered when it has reached a page, and names whose", () => {
    expect(tickOf(5, [mark(carol.id, 5, 4)], [carol])).toEqual({
      kind: "delivered",
      words: "Delivered to Carol Jones",
    });
  });

  it("is read when it was on a screen, by whomever", () => {
    const marks = [mark(carol.id, 9, 5), mark(bob.id, 9, 7)];
    expect(tickOf(5, marks, [carol, bob]).words).toBe("Read by Carol Jones and Bob Baker");
    expect(tickOf(6, marks, [carol, bob]).words).toBe("Read by Bob Baker");
  });

  it("counts nobody's own mark, and nobody who has left", () => {
    expect(tickOf(5, [mark(alice.id, 9, 9), mark(bob.id, 9, 9)], [carol]).kind).toBe("sent");
  });
});
