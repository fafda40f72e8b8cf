import { isOffered } from "../client/index";
import type { Availability, Person, Session } from "../protocol/wire";

/**
 * The sessions that ask for a technician right now, the longest waiting first:
 * those that a colleague hands on to them, and requests, of which only one who
 * is available is told.
 * @param later the requests that they have put off
 */
export function asking(
  sessions: Iterable<Session>,
  me: Person,
  availability: Availability | undefined,
  later: ReadonlySet<string>,
): Session[] {
  const asks = (one: Session): boolean => {
    if (isOffered(one, me.id) && one.transfer) return true;
    return availability === "online" && one.state === "requested" && !later.has(one.id);
  };
  return [...sessions].filter(asks).sort((a, b) => a.createdAt - b.createdAt);
}
