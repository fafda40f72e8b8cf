import type { Colleague, RosterRow, Session } from "../protocol/wire";
import { Events } from "./events";

/** What a Roster tells. */
export interface RosterEvents {
  /** Something of the roster changed: draw it again. */
  change: undefined;
}

/**
 * Roster is who and what a technician sees of the companies that they watch.
 * It follows every change, and asks again after each reconnect.
 */
export class Roster extends Events<RosterEvents> {
  /** The companies that are watched. */
  companies: readonly string[] = [];
  /** Whether the lists below are what the service last said, and not from before a cut. */
  current = false;
  /** End users by id. One past its `until` is offline. */
  readonly contacts: ReadonlyMap<string, RosterRow> = new Map();
  /** Technicians who are logged on, by id; the caller too. */
  readonly technicians: ReadonlyMap<string, Colleague> = new Map();
  /** Sessions that are requested or active, by id. */
  readonly sessions: ReadonlyMap<string, Session> = new Map();

  /**
   * Watches these companies (1 to 25) instead of those before. While offline it
   * is remembered and sent at the next connection.
   */
  watch(_companies: readonly string[]): Promise<void> {
    throw new Error("to be written");
  }
}
