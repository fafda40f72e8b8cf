import type { Session, SessionState } from "../protocol/wire";

/** Whether a session is over for those who took part: nothing can be said in it any more. */
export function isOver(state: SessionState): boolean {
  return state === "ended" || state === "cancelled" || state === "declined" || state === "abandoned";
}

/** Whether somebody takes part in a session. */
export function takesPart({ participants }: Session, person: string): boolean {
  return participants.some(({ id, joined }) => joined && id === person);
}

/** Whether a session waits for somebody's yes: as its contact, or as the one whom it is transferred to. */
export function isOffered(session: Session, person: string): boolean {
  if (session.state === "connecting") return session.contact.id === person;
  return session.state === "active" && session.transfer?.to.id === person;
}

/** A technician's sessions in groups, each in the order in which to deal with them. */
export interface Groups {
  /** Those in which they take part. */
  readonly mine: readonly Session[];
  /** Requests that nobody has answered, the longest waiting first. */
  readonly waiting: readonly Session[];
  /** Requests that nobody answered in time, and that left no number. */
  readonly abandoned: readonly Session[];
  /** Requests that left a number to be called. */
  readonly callbacks: readonly Session[];
  /** Those that go on without them. */
  readonly others: readonly Session[];
}

/** Puts sessions in groups for a technician; those that are over for good are in none. */
export function groupsOf(sessions: Iterable<Session>, me: { readonly id: string }): Groups {
  const groups: Record<keyof Groups, Session[]> = {
    mine: [],
    waiting: [],
    abandoned: [],
    callbacks: [],
    others: [],
  };
  for (const session of sessions) {
    const group = groupOf(session, me.id);
    if (group !== undefined) groups[group].push(session);
  }
  for (const group of Object.values(groups)) group.sort((a, b) => since(a) - since(b));
  return groups;
}

function groupOf(session: Session, me: string): keyof Groups | undefined {
  switch (session.state) {
    case "requested":
      return "waiting";
    case "abandoned":
      return session.callback === undefined ? "abandoned" : "callbacks";
    case "active":
    case "connecting":
      return takesPart(session, me) ? "mine" : "others";
    case "ended":
    case "cancelled":
    case "declined":
      return undefined;
  }
}

/** Since when a request waits for a technician, in milliseconds since 1970. */
export function waitsSince({ requestedAt, createdAt }: Session): number {
  return requestedAt ?? createdAt;
}

/** Since when a session has been what it is. */
function since(session: Session): number {
  const { state, callback, endedAt, startedAt, createdAt } = session;
  if (state === "requested") return waitsSince(session);
  if (state === "abandoned") return callback?.at ?? endedAt ?? createdAt;
  return state === "active" ? (startedAt ?? createdAt) : createdAt;
}
