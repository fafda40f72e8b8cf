import { groupsOf, isOffered, type Groups } from "../client/index";
import type { Person, Session } from "../protocol/wire";

/** Where the session manager shows a session. */
export type Group = keyof Managed;

/** The groups of the session manager. */
export interface Managed extends Groups {
  /** Sessions that were begun by a code, the reader's own first. */
  readonly ondemand: readonly Session[];
}

/**
 * The sessions as the session manager shows them: what a colleague hands on to
 * the reader waits for them, and what a colleague only asks a contact for is
 * nothing that can be joined yet.
 */
export function managed(sessions: Iterable<Session>, me: Person): Managed {
  const groups = groupsOf(sessions, me);
  const offered = groups.others.filter((one) => isOffered(one, me.id));
  const others = groups.others.filter((one) => one.state === "active" && !offered.includes(one));
  const byCode = ({ kind }: Session): boolean => kind === "ondemand";
  const not = (one: Session): boolean => !byCode(one);
  return {
    ...groups,
    mine: groups.mine.filter(not),
    waiting: [...offered, ...groups.waiting],
    ondemand: [...groups.mine, ...others].filter(byCode),
    others: others.filter(not),
  };
}

/** Who is in charge, as the reader would say it. */
export function chargeWords({ owner, participants }: Session, me: Person): string {
  if (owner === me.id) return "You are in charge";
  const name = owner === undefined ? undefined : participants.find(({ id }) => id === owner)?.name;
  return name === undefined ? "Nobody is in charge" : `${name} is in charge`;
}

/** What a session asks for, in a sentence. */
export function askingWords({ state, contact, transfer }: Session): string {
  return state === "active" && transfer
    ? `${transfer.by.name} asks you to take over the session with ${contact.name}`
    : `${contact.name} asks for help`;
}
