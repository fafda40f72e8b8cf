import { isOver, waitsSince, type LiveSession } from "../client/index";
import type { Mark, Office, Person, Session } from "../protocol/wire";
import { listed } from "./words";

/** What of a session is shown. */
export interface ChatView extends Pick<
  LiveSession,
  "session" | "entries" | "outgoing" | "connected" | "typing" | "current"
> {
  /** How far the participants have come. */
  marks?: readonly Mark[] | undefined;
  /** The place of a request among those who wait, from 1. */
  place?: number | undefined;
  /** Whether somebody is there to answer. */
  office?: Office | undefined;
  /** Whether a contact may leave their number; they may where it is absent. */
  callbacks?: boolean | undefined;
}

/** What a window shows of a live session. */
export function viewOf(live: LiveSession): ChatView {
  const { session, entries, outgoing, connected, typing, current, marks, place } = live;
  return { session, entries, outgoing, connected, typing, current, marks: [...marks.values()], place };
}

const answering = 60_000; // A contact waits this long before they may end their own request.
const silence = 3_600_000; // Without a word, after which a contact may end.

/** The names of the participants by id, as far as they have joined. */
export function namesOf(session: Session): ReadonlyMap<string, string> {
  return new Map(session.participants.map(({ id, name }) => [id, name]));
}

/** The participants besides the reader who have not left. */
export function othersOf(session: Session, me: Person): Person[] {
  return session.participants.filter(({ id, joined }) => joined && id !== me.id);
}

/** Where a session takes place: at a device, at the portal of a company, or among technicians. */
export function placeOf({ kind, company, device }: Session): string {
  if (kind === "staff") return "Technicians";
  return device?.name ?? company;
}

/** Whom the window is about: the contact for a technician, the technicians for a contact. */
export function titleOf(session: Session, me: Person): string {
  if (me.id !== session.contact.id) return session.contact.name;
  const names = othersOf(session, me).map(({ name }) => name);
  return names.length > 0 ? names.join(", ") : "Request for help";
}

/**
 * Whether the reader may end the session for everybody; the service decides. A
 * contact may where it is about their own device, or after an hour of silence.
 * @param now the service's clock, in milliseconds since 1970
 */
export function mayEnd({ session, entries }: ChatView, me: Person, now: number): boolean {
  if (session.state !== "active") return false;
  if (me.role === "guest") return session.kind === "ondemand" && me.id === session.contact.id;
  if (me.role === "technician" || endsAnyTime(session)) return true;
  return now - (entries.at(-1)?.at ?? now) > silence;
}

/** Whether the contact may end the session at any time: it is about their own device. */
export function endsAnyTime({ kind }: Session): boolean {
  return kind === "managed" || kind === "ondemand";
}

/** Milliseconds until a contact may end the session for its silence; undefined where that plays no part. */
export function toSilence({ session, entries }: ChatView, me: Person, now: number): number | undefined {
  if (session.state !== "active" || session.kind !== "portal" || me.id !== session.contact.id)
    return undefined;
  const wait = (entries.at(-1)?.at ?? now) + silence - now;
  return wait < 0 ? undefined : wait + 1;
}

/** Whether the reader may leave while the session goes on: a technician, and a guest who may not end it. */
export function mayLeave({ kind, contact }: Session, me: Person): boolean {
  return me.role === "technician" || (me.role === "guest" && !(kind === "ondemand" && me.id === contact.id));
}

/** Whether the session was ended between two looks at it. */
export function hasEnded(before: ChatView, after: ChatView): boolean {
  const same = before.session.id === after.session.id;
  return same && before.session.state !== "ended" && after.session.state === "ended";
}

/** Whether somebody else has called for attention between two looks, and not while the reader was cut off. */
export function isNudged(before: ChatView, after: ChatView, me: Person): boolean {
  if (before.session.id !== after.session.id || !before.current) return false;
  const last = before.entries.at(-1)?.seq ?? 0;
  return after.entries.some(({ seq, kind, by }) => seq > last && kind === "nudged" && by.id !== me.id);
}

/**
 * How many seconds a contact still waits until they may ask to be called back
 * or, at a portal, end their own request; outside office hours none.
 * @param now the service's clock, in milliseconds since 1970
 */
export function secondsToChoice({ session, office }: ChatView, now: number): number {
  if (office?.open === false) return 0;
  return Math.max(0, Math.ceil((waitsSince(session) + answering - now) / 1000));
}

/**
 * What stands between the reader and the others right now, most important first.
 * @param linked whether this page is connected to the service
 */
export function notesOf(view: ChatView, me: Person, linked: boolean): string[] {
  const { session, connected, current } = view;
  if (isOver(session.state)) return [];
  if (!linked) return ["You are not connected. What you write is sent when the connection is back."];
  if (!current) return ["Bringing the conversation up to date…"];
  if (session.state !== "active") return [];
  return othersOf(session, me)
    .filter(({ id }) => !connected.has(id))
    .map(({ name }) => `${name} is disconnected`);
}

/** Who takes part; for a contact also what these people can do, which is never more than this. */
export function peopleOf(session: Session, me: Person): string {
  const others = othersOf(session, me).map(({ name }) => name);
  const people = `In this session: ${listed(["you", ...others])}`;
  if (me.id !== session.contact.id || others.length === 0 || isOver(session.state)) return people;
  const they = others.length === 1 ? (others[0] ?? "") : "They";
  return `${people}. ${they} can write to you and call you, and cannot see your screen or files.`;
}

/** What a window is called: whom it is about, and at which device. */
export function nameOf(session: Session, me: Person): string {
  const title = titleOf(session, me);
  return session.device ? `${title} on ${session.device.name}` : title;
}

/** How a session is over, in a sentence for the reader. */
export function endOf(session: Session, me: Person): string {
  const own = me.id === session.contact.id;
  switch (session.state) {
    case "abandoned":
      return abandonedOf(session, own);
    case "cancelled":
      return "The request was withdrawn.";
    case "declined":
      return own ? "You declined." : `${session.contact.name} declined.`;
    case "connecting":
    case "requested":
    case "active":
    case "ended":
      return "This session has ended. Nobody can write in it any more.";
  }
}

function abandonedOf({ callback, contact }: Session, own: boolean): string {
  if (callback && own) return `Thank you. We will call you back at ${callback.phone}.`;
  if (callback) return `${contact.name} asks to be called back at ${callback.phone}.`;
  if (own) return "Nobody could answer, and the request has ended. We have kept it and come back to you.";
  return `${contact.name} left before anybody answered.`;
}

/** Who is typing, in one line; empty when nobody is. */
export function typingOf(typing: readonly Person[]): string {
  const [first, second, ...more] = typing.map(({ name }) => name);
  if (first === undefined) return "";
  if (second === undefined) return `${first} is typing…`;
  if (more.length === 0) return `${first} and ${second} are typing…`;
  return "Several people are typing…";
}
