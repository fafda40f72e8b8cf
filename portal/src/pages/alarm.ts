import type { Session } from "../protocol/wire";
import { preferences } from "../ui/preferences";
import { playTone, repeatTone } from "../ui/tone";
import { notify } from "./notify";

/** What a session asks its reader for, in two lines of a notification. */
export interface Asking {
  title: string;
  body: string;
}

/**
 * Calls its reader to the page for what waits for an answer: with a tone for
 * what is new while they look at it; while they do not, with a sound that goes on
 * until somebody has answered, and with notifications of the browser where it was
 * allowed them.
 */
export class Alarm {
  private readonly known = new Map<string, Notification | undefined>();
  private quiet: (() => void) | undefined;

  /**
   * @param says what a session asks for
   * @param chosen hears of the session whose notification was pressed
   */
  constructor(
    private readonly says: (session: Session) => Asking,
    private readonly chosen: (session: string) => void,
  ) {}

  /** Takes what asks now; to be called when that changes, and when the page is hidden or shown. */
  heed(asking: readonly Session[]): void {
    const fresh = asking.filter(({ id }) => !this.known.has(id));
    for (const one of fresh) this.known.set(one.id, document.hidden ? this.notify(one) : undefined);
    for (const id of [...this.known.keys()]) {
      if (!asking.some((one) => one.id === id)) this.forget(id);
    }
    if (!document.hidden) this.seen();
    const { tone } = preferences();
    if (tone && fresh.length > 0 && !document.hidden) playTone("received");
    this.sound(tone && document.hidden && asking.length > 0);
  }

  /** Ends everything. */
  stop(): void {
    this.heed([]);
  }

  private sound(on: boolean): void {
    if (on) this.quiet ??= repeatTone("asking");
    if (on) return;
    this.quiet?.();
    this.quiet = undefined;
  }

  // Who looks at the page needs no notification of what stands on it.
  private seen(): void {
    for (const notification of this.known.values()) notification?.close();
  }

  private forget(session: string): void {
    this.known.get(session)?.close();
    this.known.delete(session);
  }

  private notify(session: Session): Notification | undefined {
    const pressed = (): void => this.chosen(session.id);
    return notify({ ...this.says(session), about: session.id, stays: true, pressed });
  }
}
