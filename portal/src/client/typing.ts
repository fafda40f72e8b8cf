import type { Person } from "../protocol/wire";

const tellEvery = 3_000;
const idleAfter = 5_000;
const believeFor = 8_000; // Longer than a teller that types on is silent.

/**
 * TypingTeller tells the others that the caller types: at once, at most once in
 * 3 seconds while it goes on, and that they stopped after 5 seconds of nothing.
 */
export class TypingTeller {
  #toldAt = -Infinity;
  #telling = false;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly tell: (typing: boolean) => void) {}

  /** The draft changed; an empty one means that nothing is being written. */
  type(draft: string): void {
    if (draft === "") return this.stop();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.stop(), idleAfter);
    if (this.#telling && Date.now() - this.#toldAt < tellEvery) return;
    this.#telling = true;
    this.#toldAt = Date.now();
    this.tell(true);
  }

  /** The caller sent or stopped. */
  stop(): void {
    clearTimeout(this.#idle);
    if (!this.#telling) return;
    this.#telling = false;
    this.tell(false);
  }
}

/** TypingOthers knows who else types. A "stopped" may be lost: nobody is believed for longer than 8 seconds. */
export class TypingOthers {
  readonly #people = new Map<string, { person: Person; timer: ReturnType<typeof setTimeout> }>();

  constructor(readonly changed: () => void) {}

  /** Those who type, in the order in which they began. */
  get people(): readonly Person[] {
    return [...this.#people.values()].map(({ person }) => person);
  }

  /** Somebody types, or does not any more. */
  set(person: Person, typing: boolean): void {
    const before = this.#people.get(person.id);
    clearTimeout(before?.timer);
    if (!typing) {
      if (this.#people.delete(person.id)) this.changed();
      return;
    }
    const timer = setTimeout(() => this.set(person, false), believeFor);
    this.#people.set(person.id, { person, timer });
    if (before === undefined) this.changed();
  }

  /** Nobody is known to type. */
  clear(): void {
    for (const { person } of [...this.#people.values()]) this.set(person, false);
  }
}
