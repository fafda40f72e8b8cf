import type { Session } from "../protocol/wire";
import { isOffered } from "./life";

const maxPast = 50;

/**
 * Offers are the sessions that wait for the caller's yes: those that a
 * technician asks a contact for, and transfers to a technician. Those that are
 * over are remembered for a while, so that no late push brings them again.
 */
export class Offers {
  readonly #known = new Map<string, Session>();

  constructor(readonly me: () => string | undefined) {}

  /** The offers, the oldest first. */
  get list(): readonly Session[] {
    return [...this.#known.values()]
      .filter((session) => this.#offered(session))
      .sort((a, b) => a.createdAt - b.createdAt);
  }

  /** Takes a session as it now is. It returns whether the list has changed. */
  take(session: Session): boolean {
    const before = this.#known.get(session.id);
    if (before !== undefined && session.version <= before.version) return false;
    const was = before !== undefined && this.#offered(before);
    const is = this.#offered(session);
    if (before === undefined && !is && session.contact.id !== this.me()) return false;
    this.#known.delete(session.id); // To the end, as the newest.
    this.#known.set(session.id, session);
    this.#prune();
    return was || is;
  }

  /** Takes away offers of which the service tells no more. It returns whether there were any. */
  keep(still: (session: Session) => boolean): boolean {
    const gone = this.list.filter((session) => !still(session));
    for (const { id } of gone) this.#known.delete(id);
    return gone.length > 0;
  }

  /** Forgets everything. */
  clear(): void {
    this.#known.clear();
  }

  #offered(session: Session): boolean {
    return isOffered(session, this.me() ?? "");
  }

  #prune(): void {
    const past = [...this.#known.values()].filter((session) => !this.#offered(session));
    for (const { id } of past.slice(0, Math.max(0, past.length - maxPast))) this.#known.delete(id);
  }
}
