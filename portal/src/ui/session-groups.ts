import type { Person, Session } from "../protocol/wire";

/** Where the session manager shows a session. */
export type Group = "mine" | "waiting" | "others" | "abandoned" | "callbacks";

/** Where a session belongs for its reader; undefined when it is over. */
export function groupOf(session: Session, me: Person): Group | undefined {
  switch (session.state) {
    case "abandoned":
      return session.callback ? "callbacks" : "abandoned";
    case "requested":
      return takesPart(session, me) ? "mine" : "waiting";
    case "active":
      if (takesPart(session, me)) return "mine";
      return isOfferedTo(session, me) ? "waiting" : "others";
    case "connecting":
      return takesPart(session, me) ? "mine" : undefined;
    case "cancelled":
    case "declined":
    case "ended":
      return undefined;
  }
}

/** Whether somebody is in a session now. */
export function takesPart({ participants }: Session, { id }: Person): boolean {
  return participants.some((one) => one.joined && one.id === id);
}

/** Whether a colleague asks somebody to take a session over. */
export function isOfferedTo({ state, transfer }: Session, { id }: Person): boolean {
  return state === "active" && transfer?.to.id === id;
}

/** The name of the technician in charge; undefined where nobody is. */
export function ownerOf({ owner, participants }: Session): string | undefined {
  return owner === undefined ? undefined : participants.find(({ id }) => id === owner)?.name;
}

/** Who is in charge, as the reader would say it. */
export function chargeWords(session: Session, me: Person): string {
  if (session.owner === me.id) return "You are in charge";
  const owner = ownerOf(session);
  return owner === undefined ? "Nobody is in charge" : `${owner} is in charge`;
}
