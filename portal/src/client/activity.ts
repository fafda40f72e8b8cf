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
  activity: Exclude<Activity, "offline"> = "online";

  /** The end user did something just now. */
  seen(): void {
    throw new Error("to be written");
  }
}
