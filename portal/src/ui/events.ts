import type { NoticeTo } from "../client/notices";
import type {
  Availability,
  DirectoryRecord,
  Explain,
  Image,
  Media,
  Person,
  PresenceNotified,
  Settings,
  Ticket,
  TicketState,
} from "../protocol/wire";

/** Whom a technician shows a notice: a text without a session. */
export type NoticeFor = NoticeTo & { name: string };

/**
 * What components tell their page, under these names. Events bubble and leave
 * shadow trees, so that a page listens once, at its root.
 */
export interface Told {
  /** Start a session with a contact: by text, or at once with a call. No contact is nobody at a device of this name. */
  "parley-start": { contact: string; name: string; company: string; device?: string; with: "text" | Media };
  /** Start a session about an open ticket, with its contact. */
  "parley-push": { ticket: string; name: string; company: string };
  /** List tickets of companies. */
  "parley-tickets": { companies: readonly string[]; state: TicketState };
  "parley-more-tickets": null;
  /** Open a ticket to see its sessions; again, to look away. */
  "parley-look-ticket": { ticket: string };
  /** Ask for the subject of a new ticket for a contact. */
  "parley-new-ticket": { contact: string; name: string; company: string };
  /** Make a ticket. */
  "parley-open-ticket": { contact: string; name: string; company: string; subject: string };
  /** Ask whether to close a ticket. */
  "parley-close-ticket": { ticket: Ticket };
  /** Close a ticket: the problem is solved. */
  "parley-solve": { ticket: string; note?: string };
  /** Open a closed ticket again. */
  "parley-reopen-ticket": { ticket: string };
  /** Join a session; with answer, only to be the one who answers a request. */
  "parley-join": { session: string; answer?: boolean };
  /** Ask whether to take a session over. */
  "parley-take-over": { session: string };
  /** Take charge of a session, from whom was seen in charge. */
  "parley-take": { session: string; from?: string };
  /** Do not agree to a session, or to take one over. */
  "parley-refuse": { session: string };
  /** Withdraw a session to which the contact has not agreed yet. */
  "parley-cancel": { session: string };
  /** Ask to whom a session is to be given. */
  "parley-hand-on": { session: string };
  /** Offer a session to a colleague, or give it back to those who wait. */
  "parley-transfer": { session: string; to?: string };
  /** Look into a session without taking part; again, to look away. */
  "parley-pick": { session: string };
  /** Put a request off: it stays in the lists. */
  "parley-later": { session: string };
  /** Start a session with a colleague. */
  "parley-staff": { colleague: Person };
  /** Write a notice to somebody. */
  "parley-write-notice": NoticeFor;
  /** Send a notice; who tells it waits with take for it to be shown. */
  "parley-notice": { to: NoticeFor; text: string; take: (sent: Promise<void>) => void };
  /** A notice was read. */
  "parley-heed": { notice: PresenceNotified };
  /** Ask the browser to be allowed to notify, or offer that no more. */
  "parley-notify": { allow: boolean };
  /** Set one's own presence. */
  "parley-availability": { availability: Availability };
  "parley-sign-out": null;
  /** Come by a code, or by the link of this page. */
  "parley-come": { code: string; name: string; device: string };
  /** Make a code or a link, which begins a session. */
  "parley-invite": { company: string; kind: "code" | "link"; name: string };
  /** Make a link into a session that goes on. */
  "parley-invite-into": { session: string };
  /** Show a code or a link again. */
  "parley-show-invite": { session: string };
  /** Withdraw an invitation. */
  "parley-revoke": { session: string; guest: string };
  /** Ask for help, before there is a ticket or about one. */
  "parley-ask": { problem: string; ticket?: string };
  /** Say something. */
  "parley-say": { session: string; text: string; image?: Image };
  /** Bring the image of an entry; who tells it takes it. */
  "parley-picture": { session: string; seq: number; take: (image: Promise<Image>) => void };
  /** Send a text that one other participant is shown once; who tells it waits with take for it to be sent. */
  "parley-hide": { session: string; text: string; take: (sent: Promise<void>) => void };
  /** Show a secret; who tells it takes the text, which nobody gets again. */
  "parley-reveal": { session: string; seq: number; take: (text: Promise<string>) => void };
  /** What stands in the composer changed; an empty text means that nobody is typing. */
  "parley-draft": { session: string; text: string };
  /** Try again to send a message that could not be sent. */
  "parley-again": { session: string; message: string };
  /** Take away a message that could not be sent. */
  "parley-discard": { session: string; message: string };
  /** Ask a technician for a closing note, before the session is ended. */
  "parley-finish": { session: string };
  /** Agree to a session that a technician began. */
  "parley-approve": { session: string };
  /** Ask to be called back, where nobody answers. */
  "parley-callback": { session: string; phone: string; note: string };
  /** Call for the other side's attention. */
  "parley-nudge": { session: string };
  /** Everything up to an entry has been on the reader's screen. */
  "parley-read": { session: string; seq: number };
  /** Something went well that is to be said in passing. */
  "parley-done": { text: string };
  /** Something went wrong in the window itself, with what to do about it. */
  "parley-trouble": { text: string };
  /** The window shall stand in a browser window of its own. */
  "parley-pop-out": { session: string };
  /** End the session for everybody; solved, close its ticket too. */
  "parley-end": { session: string; note?: string; solved?: boolean };
  /** Leave a session that goes on. */
  "parley-leave": { session: string };
  /** Put the window away; the session is as it was. */
  "parley-close": { session: string };
  "parley-minimise": { session: string };
  /** Bring a window to the front. */
  "parley-show": { session: string };
  /** Back to the lists, on a narrow screen. */
  "parley-lists": null;
  "parley-ring": { session: string; media: Media };
  "parley-answer": { session: string; accept: boolean };
  "parley-hang-up": { session: string };
  "parley-microphone": { session: string; on: boolean };
  "parley-camera": { session: string; on: boolean };
  /** The sentence about a call that failed was read. */
  "parley-call-seen": { session: string };
  /** Save all settings of the deployment. */
  "parley-save": { settings: Settings };
  /** Look for records whose names or ids have these words. */
  "parley-find": { words: string };
  /** Bring the next page of what is shown. */
  "parley-more": null;
  /** Ask what a record, or a new one, shall say. */
  "parley-edit": { record?: DirectoryRecord };
  /** Keep a record, new or changed. */
  "parley-put": { record: DirectoryRecord };
  /** Remove a record, after it was asked. */
  "parley-remove": { record: DirectoryRecord };
  /** Ask what holds for a person. */
  "parley-explain": { question: Explain };
  /** Show the audit of a company, or of the deployment when empty. */
  "parley-audit": { company: string };
  /** Save all of the audit that is shown as a file. */
  "parley-export": null;
  /** A sentence of the page about what happened was read. */
  "parley-noticed": { id: number };
  /** Show what to do when nothing seems to happen. */
  "parley-tips": null;
  "parley-preferences": null;
  /** Try to connect now. */
  "parley-reconnect": null;
}

/** Tells what happened in a component. */
export function tell<Name extends keyof Told>(from: EventTarget, name: Name, detail: Told[Name]): void {
  from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}

/** Listens at an element for what the components inside it tell. */
export function hear<Name extends keyof Told>(
  at: EventTarget,
  name: Name,
  listener: (detail: Told[Name]) => void,
): void {
  at.addEventListener(name, (event) => listener((event as CustomEvent<Told[Name]>).detail));
}
