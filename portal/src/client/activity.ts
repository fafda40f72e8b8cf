import type { Activity } from "../protocol/wire";
import { Events } from "./events";

/** What an ActivityClock tells. */
export interface ActivityEvents {
  /** The end user went away or came back. */
  change: Activity;
}

/**
 * ActivityClock decides whether an end user is at the page. The page calls
 * seen() for every movement of mouse or keyboard; calling it often is cheap.
 */
export class ActivityClock extends Events<ActivityEvents> {
  #activity: Exclude<Activity, "offline"> = "online";
  #awayAfter = 300_000;
  #seenAt = Date.now();
  #looking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Whether the end user is at the page. */
  get activity(): Exclude<Activity, "offline"> {
    return this.#activity;
  }

  /** The end user did something just now. */
  seen(): void {
    this.#seenAt = Date.now();
    this.#become("online");
  }

  /** Begins to look for the end user's absence: away after so many seconds. Only the client calls it. */
  start(awaySeconds: number): void {
    this.#awayAfter = awaySeconds * 1000;
    this.#looking = true;
    this.#look();
  }

  /** Looks no more. Only the client calls it. */
  stop(): void {
    this.#looking = false;
    clearTimeout(this.#timer);
  }

  /** One timer for all: it looks again when the last activity would be old enough. */
  #look(): void {
    clearTimeout(this.#timer);
    if (!this.#looking) return;
    const left = this.#seenAt + this.#awayAfter - Date.now();
    if (left <= 0) this.#become("away");
    else this.#timer = setTimeout(() => this.#look(), left);
  }

  #become(activity: Exclude<Activity, "offline">): void {
    if (this.#activity === activity) return;
    this.#activity = activity;
    if (activity === "online") this.#look();
    this.emit("change", activity);
  }
}
