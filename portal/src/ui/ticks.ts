import type { Mark, Person } from "../protocol/wire";
import { listed } from "./words";

/** How far an own message has come. */
export interface Tick {
  kind: "sent" | "delivered" | "read";
  /** The same in words. */
  words: string;
}

/**
 * How far the message at a place of the transcript has come: read as soon as
 * one of the others has had it on the screen.
 * @param others the participants besides the reader
 */
export function tickOf(seq: number, marks: readonly Mark[], others: readonly Person[]): Tick {
  const whose = (far: (mark: Mark) => number): string[] => {
    const ids = new Set(marks.filter((mark) => far(mark) >= seq).map(({ participant }) => participant));
    return others.filter(({ id }) => ids.has(id)).map(({ name }) => name);
  };
  const readers = whose(({ read }) => read);
  if (readers.length > 0) return { kind: "read", words: `Read by ${listed(readers)}` };
  const reached = whose(({ delivered }) => delivered);
  if (reached.length > 0) return { kind: "delivered", words: `Delivered to ${listed(reached)}` };
  return { kind: "sent", words: "Sent" };
}
