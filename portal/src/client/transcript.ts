import type { Entry } from "../protocol/wire";

/** Entries that are held for a gap; more than these are fetched again. */
const maxHeld = 500;

/** Whether an entry is something that a participant said, and not what happened. */
export function isSaid({ kind }: Entry): boolean {
  return kind === "message" || kind === "secret";
}

/**
 * Transcript puts entries in their order: strictly by seq, none twice, whatever
 * the order in which pushes and pages come.
 *
 * A push that is ahead of its turn is held until the gap before it is filled. A
 * page says all there is after a seq: holes in it are entries that have expired.
 */
export class Transcript {
  #entries: readonly Entry[] = [];
  #seq = 0;
  #promised = 0;
  readonly #held = new Map<number, Entry>();

  /** The entries in order. A new array at each change. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Everything up to this seq is known. */
  get seq(): number {
    return this.#seq;
  }

  /** Whether entries are known to exist that have not come. */
  get gap(): boolean {
    return this.#held.size > 0 || this.#promised > this.#seq;
  }

  /** Notes that an entry with this seq exists. */
  promise(seq: number): void {
    this.#promised = Math.max(this.#promised, seq);
  }

  /** Takes one entry and returns those that have become readable by it. */
  push(entry: Entry): readonly Entry[] {
    if (entry.seq <= this.#seq) return [];
    if (this.#held.size < maxHeld || entry.seq === this.#seq + 1) this.#held.set(entry.seq, entry);
    else this.promise(entry.seq);
    return this.#release(this.#seq);
  }

  /**
   * Takes the page that answers for everything after a seq, up to its last
   * entry, and returns the entries that have become readable by it.
   */
  page(after: number, entries: readonly Entry[], more: boolean): readonly Entry[] {
    if (after > this.#seq) return [];
    for (const entry of entries) if (entry.seq > this.#seq) this.#held.set(entry.seq, entry);
    if (!more) this.#promised = 0;
    return this.#release(entries.at(-1)?.seq ?? 0);
  }

  /** Moves held entries to their place: all up to a seq, and those that follow without a gap. */
  #release(to: number): readonly Entry[] {
    const added: Entry[] = [];
    for (const seq of [...this.#held.keys()].sort((a, b) => a - b)) {
      if (seq > to && seq !== this.#seq + 1) break;
      const entry = this.#held.get(seq);
      this.#held.delete(seq);
      if (entry === undefined || seq <= this.#seq) continue;
      added.push(entry);
      this.#seq = seq;
    }
    if (added.length > 0) this.#entries = [...this.#entries, ...added];
    return added;
  }
}
