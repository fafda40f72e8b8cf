/** How long to wait between tries, in milliseconds. */
export interface Pace {
  /** The most that the first try waits; each further one may wait twice as long. */
  first: number;
  /** The most that any try waits. */
  most: number;
}

/**
 * Returns the wait before a try, counted from 0: anything from nothing to the
 * whole step ("full jitter"), so that many clients that were cut at once do not
 * come back at once. random is Math.random or its like.
 */
export function backoff(pace: Pace, attempt: number, random: () => number): number {
  return Math.round(random() * longest(pace, attempt));
}

/** Returns the whole step of a try, counted from 0. */
export function longest(pace: Pace, attempt: number): number {
  return Math.min(pace.most, pace.first * 2 ** Math.min(attempt, 30));
}

/** Waits. It resolves to false, at once, when the signal aborts. */
export function rested(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const stop = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve(true);
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}
