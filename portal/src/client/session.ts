import type { Entry, Person, Session } from "../protocol/wire";
import { Events } from "./events";
import type { Fault } from "./fault";

/** How far one of the caller's own messages has come on its way into the transcript. */
export type Delivery =
  | { kind: "waiting" } // Until there is a connection and its turn has come.
  | { kind: "sending" }
  | { kind: "sent"; seq: number } // In the transcript, but entries before it are still on their way.
  | { kind: "failed"; fault: Fault }; // The service refused it; discard() takes it away.

/** One of the caller's own messages that is not among the entries yet. */
export interface Outgoing {
  readonly message: string;
  readonly text: string;
  readonly at: number;
  readonly delivery: Delivery;
}

/** What a LiveSession tells. */
export interface LiveSessionEvents {
  /** Anything of the session changed: draw it again. Comes at most once a microtask. */
  change: undefined;
  /** Somebody else's entry arrived live, not as part of catching up: the moment for a tone or a dot. */
  news: Entry;
}

/**
 * LiveSession is a session as its participants see it: kept up to date over
 * reconnects, with the caller's own messages on their way.
 */
export class LiveSession extends Events<LiveSessionEvents> {
  /** The session as the service last told it. */
  session: Session;
  /** The transcript so far, ordered by seq and never with one twice. */
  entries: readonly Entry[] = [];
  /** The caller's messages that come after the entries, in order. */
  outgoing: readonly Outgoing[] = [];
  /** The ids of the participants who are connected now. */
  connected: ReadonlySet<string> = new Set();
  /** Who else is typing. */
  typing: readonly Person[] = [];
  /** Whether everything up to now has been brought since the last (re)connect. */
  current = false;

  constructor(readonly id: string, session: Session) {
    super();
    this.session = session;
  }

  /** Says text (1 to 8,192 bytes; else it throws the fault invalid). Returns the message's own id. */
  post(_text: string): string {
    throw new Error("to be written");
  }

  /** Takes away a message that failed, or one that was not tried yet. */
  discard(_message: string): void {
    throw new Error("to be written");
  }

  /** The caller changed what they are writing; an empty text means that they stopped. */
  type(_draft: string): void {
    throw new Error("to be written");
  }

  /** Joins, or answers a request. */
  join(): Promise<void> {
    throw new Error("to be written");
  }

  /** Leaves; the session goes on. */
  leave(): Promise<void> {
    throw new Error("to be written");
  }

  /** Ends the session for everybody. */
  end(): Promise<void> {
    throw new Error("to be written");
  }
}
