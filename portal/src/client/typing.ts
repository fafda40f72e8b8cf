import type { Person } from "../protocol/wire";

const tellEvery = 6_000;
const idleAfter = 5_000;
const believeFor = 9_000; // Longer than a teller that types on is silent.

/**
 * TypingTeller tells the others that the caller types: at once, at most once in
 * 6 seconds while it goes on, and that they stopped after 5 seconds of nothing.
 * That they sent what they typed, the message tells.
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

  /** The caller sent what they typed. */
  sent(): void {
    clearTimeout(this.#idle);
    this.#telling = false;
  }

  /** The caller stopped. */
  stop(): void {
    if (!this.#telling) return;
    this.sent();
    this.tell(false);
  }
}

/** TypingOthers knows who else types. A "stopped" may be lost: nobody is believed for longer than 9 seconds. */
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
