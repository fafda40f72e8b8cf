import type { Availability, Media } from "../protocol/wire";

/**
 * What components tell their page, under these names. Events bubble and leave
 * shadow trees, so that a page listens once, at its root.
 */
export interface Told {
  /** Start a session with a contact: by text, or at once with a call. */
  "parley-start": { contact: string; name: string; company: string; device?: string; with: "text" | Media };
  /** Join a session, or answer a request. */
  "parley-join": { session: string };
  /** Set one's own presence. */
  "parley-availability": { availability: Availability };
  "parley-sign-out": null;
  /** Ask for help. */
  "parley-ask": { problem: string };
  /** Say something. */
  "parley-say": { session: string; text: string };
  /** What stands in the composer changed; an empty text means that nobody is typing. */
  "parley-draft": { session: string; text: string };
  /** Take away a message that could not be sent. */
  "parley-discard": { session: string; message: string };
  /** End the session for everybody. */
  "parley-end": { session: string };
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
  "parley-retain": { days: number; version: number };
  /** A notice was read. */
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
