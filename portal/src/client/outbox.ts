import type { Fault as WireFault, Image } from "../protocol/wire";

/** Where messages outlive a reload: what the client needs of a sessionStorage. */
export interface MessageStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** A message that is not known to have been delivered. */
export interface Unsent {
  readonly session: string;
  /** Its own id, the same over all tries. */
  readonly message: string;
  readonly text: string;
  readonly image?: Image;
  /** When it was written, by the clock of this machine. */
  readonly at: number;
  /** The last seq that was known at the first try; absent before it. */
  after?: number;
  /** Why the service will not take it; absent as long as it may. */
  fault?: WireFault;
}

/** A message that the service will not take. */
export interface Undelivered extends Unsent {
  readonly fault: WireFault;
}

/**
 * Outbox keeps the messages of one person that are not known to have been
 * delivered, in the order in which they were written.
 *
 * It is stored under the person's id, so that nobody who logs on later in the
 * same window sends them. Storage that is full or blocked is not missed until
 * the page is reloaded.
 */
export class Outbox {
  #unsent: Unsent[];

  constructor(
    readonly owner: string,
    readonly storage: MessageStorage | undefined,
  ) {
    this.#unsent = this.#load();
  }

  /** The sessions that have messages here which may still be sent. */
  get sessions(): string[] {
    return [...new Set(this.#unsent.filter(({ fault }) => !fault).map(({ session }) => session))];
  }

  /** The messages that the service will not take. They stay until they are removed, so that nobody believes them sent. */
  get failed(): Undelivered[] {
    return this.#unsent.filter((unsent): unsent is Undelivered => unsent.fault !== undefined);
  }

  /** The messages of a session, in order. */
  of(session: string): Unsent[] {
    return this.#unsent.filter((unsent) => unsent.session === session);
  }

  /** Adds a message at the end. */
  add(unsent: Unsent): void {
    this.#unsent.push(unsent);
    this.save();
  }

  /** Takes a message away. */
  remove(message: string): void {
    this.#unsent = this.#unsent.filter((unsent) => unsent.message !== message);
    this.save();
  }

  /** Notes why the service will not take a message. */
  fail(unsent: Unsent, { code, message }: WireFault): void {
    unsent.fault = { code, message };
    this.save();
  }

  /** Lets a message that the service did not take be tried again. */
  revive(unsent: Unsent): void {
    delete unsent.fault;
    this.save();
  }

  /** Stores what changed in a message. */
  save(): void {
    try {
      if (this.#unsent.length === 0) this.storage?.removeItem(this.#key);
      else this.storage?.setItem(this.#key, JSON.stringify(this.#unsent));
    } catch {
      // Full or blocked.
    }
  }

  get #key(): string {
    return `parley.outbox.${this.owner}`;
  }

  #load(): Unsent[] {
    try {
      const stored: unknown = JSON.parse(this.storage?.getItem(this.#key) ?? "[]");
      return Array.isArray(stored) ? stored.filter(isUnsent) : [];
    } catch {
      return [];
    }
  }
}

function isUnsent(value: unknown): value is Unsent {
  const { session, message, text, image, at, after, fault } = (value ?? {}) as Partial<Unsent>;
  return (
    typeof session === "string" &&
    typeof message === "string" &&
    typeof text === "string" &&
    (image === undefined || isImage(image)) &&
    typeof at === "number" &&
    (after === undefined || typeof after === "number") &&
    (fault === undefined || isFault(fault))
  );
}

function isImage(value: unknown): value is Image {
  const { type, width, height, data } = (value ?? {}) as Partial<Image>;
  const sized = typeof width === "number" && typeof height === "number";
  return typeof type === "string" && sized && typeof data === "string";
}

function isFault(value: unknown): value is WireFault {
  const { code, message } = (value ?? {}) as Partial<WireFault>;
  return typeof code === "string" && typeof message === "string";
}
