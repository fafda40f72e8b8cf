const most = 1_000;

/**
 * Echo tells the pushes that come on two connections at once from those that
 * are new. Both bring the same frames, so the n-th of one text on one is the
 * n-th of it on the other.
 */
export class Echo {
  readonly #heard = new Map<string, Map<object, number>>();

  /** Takes a frame. It returns whether the other connection has not brought it. */
  isNew(connection: object, text: string): boolean {
    const counts = this.#heard.get(text) ?? new Map<object, number>();
    const count = (counts.get(connection) ?? 0) + 1;
    const before = Math.max(0, ...counts.values());
    counts.set(connection, count);
    this.#heard.set(text, counts);
    const oldest = this.#heard.keys().next();
    if (this.#heard.size > most && oldest.done !== true) this.#heard.delete(oldest.value);
    return count > before;
  }
}
