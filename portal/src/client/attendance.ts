/** One question who is connected. What comes and goes until its answer is kept and applied after it. */
interface Question {
  /** Takes the answer. */
  answered(connected: readonly string[]): void;
  /** There will be no answer. */
  over(): void;
}

/** Attendance knows which participants of a session are connected. */
export class Attendance {
  #connected: ReadonlySet<string> = new Set();
  readonly #missed = new Set<[id: string, connected: boolean][]>();

  /** The ids of those who are connected. A new set at each change. */
  get connected(): ReadonlySet<string> {
    return this.#connected;
  }

  /** Somebody came or went. */
  set(id: string, connected: boolean): void {
    for (const missed of this.#missed) missed.push([id, connected]);
    const now = new Set(this.#connected);
    if (connected) now.add(id);
    else now.delete(id);
    this.#connected = now;
  }

  /** The service is about to be asked who is there. */
  ask(): Question {
    const missed: [string, boolean][] = [];
    this.#missed.add(missed);
    const over = (): void => void this.#missed.delete(missed);
    const answered = (connected: readonly string[]): void => {
      over();
      this.#connected = new Set(connected);
      for (const [id, came] of missed) this.set(id, came);
    };
    return { answered, over };
  }
}
