import type { LiveSession } from "../client/index";
import type { Person, Session } from "../protocol/wire";

/** What of a session is shown. */
export type ChatView = Pick<
  LiveSession,
  "session" | "entries" | "outgoing" | "connected" | "typing" | "current"
>;

/** The names of the participants by id, as far as they have joined. */
export function namesOf(session: Session): ReadonlyMap<string, string> {
  return new Map(session.participants.map(({ id, name }) => [id, name]));
}

/** The participants besides the reader who have not left. */
export function othersOf(session: Session, me: Person): Person[] {
  return session.participants.filter(({ id, joined }) => joined && id !== me.id);
}

/** Whom the window is about: the contact for a technician, the technicians for a contact. */
export function titleOf(session: Session, me: Person): string {
  if (me.id !== session.contact.id) return session.contact.name;
  const names = othersOf(session, me).map(({ name }) => name);
  return names.length > 0 ? names.join(", ") : "Request for help";
}

/** Whether the reader may end the session for everybody; the service decides. */
export function mayEnd(session: Session, me: Person): boolean {
  return session.state === "active" && (me.role === "technician" || session.kind === "managed");
}

/**
 * What stands between the reader and the others right now, most important first.
 * @param linked whether this page is connected to the service
 */
export function notesOf(view: ChatView, me: Person, linked: boolean): string[] {
  const { session, connected, current } = view;
  if (session.state === "ended") return [];
  if (!linked) return ["You are not connected. What you write is sent when the connection is back."];
  if (!current) return ["Bringing the conversation up to date…"];
  if (session.state === "requested") return ["Waiting for a technician to join."];
  return othersOf(session, me)
    .filter(({ id }) => !connected.has(id))
    .map(({ name }) => `${name} is disconnected`);
}

/** Who is typing, in one line; empty when nobody is. */
export function typingOf(typing: readonly Person[]): string {
  const [first, second, ...more] = typing.map(({ name }) => name);
  if (first === undefined) return "";
  if (second === undefined) return `${first} is typing…`;
  if (more.length === 0) return `${first} and ${second} are typing…`;
  return "Several people are typing…";
}
