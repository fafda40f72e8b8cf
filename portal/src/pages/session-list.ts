import { isOver } from "../client/index";
import type { Session } from "../protocol/wire";

/**
 * The sessions to list: what the roster tells, and what is known from taking
 * part, whichever is newer. The service answers one's own commands with a reply
 * and no push, so that the roster alone would be late with them.
 */
export function sessionList(roster: Iterable<Session>, own: Iterable<Session>): Session[] {
  const newest = new Map<string, Session>();
  for (const session of [...roster, ...own]) {
    const known = newest.get(session.id);
    if (!known || known.version < session.version) newest.set(session.id, session);
  }
  return [...newest.values()].filter(({ state }) => !isOver(state) || state === "abandoned");
}
