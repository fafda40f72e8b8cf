import type { Activity, Availability, CallLog, CallPath, Entry, Media, Person } from "../protocol/wire";
import { spokenTime } from "./time";

/** The way of the media, as the badge of a call says it. */
export const pathWords: Record<CallPath, string> = {
  local: "Direct (same network)",
  direct: "Direct (internet)",
  relayed: "Relayed through Parley",
};

/** Presence in a word, for contacts and technicians alike. */
export const presenceWords: Record<Activity | Availability, string> = {
  online: "Online",
  away: "Away",
  busy: "Busy",
  offline: "Offline",
};

/** "voice call" or "video call". */
export const callWords: Record<Media, string> = { voice: "voice call", video: "video call" };

/** Names in a sentence: "Alice", "Alice and Bob", "Alice, Bob and Carol". */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

/** The first letters of a name, for its round mark. */
export function initials(name: string): string {
  const words = name
    .replace(/ \(guest\)$/, "")
    .split(/\s+/)
    .filter((word) => word !== "");
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters
    .map((word) => Array.from(word ?? "")[0] ?? "")
    .join("")
    .toUpperCase();
}

/** What was said with a message, in words alone: an image is what is to be seen on it. */
export function saidIn({ text = "", image }: Pick<Entry, "text" | "image">): string {
  if (!image) return text;
  return text === "" ? "[image]" : `[image: ${text}]`;
}

/** A line that the service wrote into a transcript. */
export interface SystemLine {
  text: string;
  /** Joins stand out in green. */
  joined: boolean;
}

/** What an entry that is no message says, with who asked for help. */
export function systemLines(entry: Entry, contact: Person): SystemLine[] {
  if (entry.call && !entry.kind.startsWith("call_")) {
    const { call, ...rest } = entry; // The call is over with it.
    return [{ text: callEnded(call), joined: false }, ...systemLines(rest, contact)];
  }
  const by = entry.by.name;
  const plain = (text: string): SystemLine[] => [{ text, joined: false }];
  const joined = (name: string): SystemLine => ({ text: `${name} has joined`, joined: true });
  switch (entry.kind) {
    case "message":
      return [];
    case "requested":
      return plain(entry.text ? `${by} asked for help: ${entry.text}` : `${by} asked for help`);
    case "started":
      return [...plain(`${by} started the session`), joined(contact.name)];
    case "asked":
      return plain(`${by} asked ${contact.name} to begin a session`);
    case "approved":
      return [joined(by)];
    case "declined":
      return plain(`${by} declined`);
    case "cancelled":
      return plain(`${by} withdrew the request`);
    case "abandoned":
      return plain(`${by} left before anybody answered`);
    case "callback":
      return plain(`${by} asks to be called back: ${entry.text ?? ""}`);
    case "taken":
      return plain(`${by} took over the session`);
    case "transferred":
      return plain(
        entry.to
          ? `${by} offered the session to ${entry.to.name}`
          : `${by} has left, and ${contact.name} waits for another technician`,
      );
    case "kept":
      return plain(`${by} cannot take over the session`);
    case "nudged":
      return plain(`${by} calls for attention`);
    case "secret":
      return plain(`${by} sent a secret`);
    case "revealed":
      return plain(`${by} was shown the secret`);
    case "joined":
      return [joined(by)];
    case "left":
      return plain(`${by} has left`);
    case "invited":
      return plain(`${by} invited ${entry.to?.name ?? contact.name}`);
    case "revoked":
      return plain(`${by} withdrew the invitation of ${entry.to?.name ?? contact.name}`);
    case "ended":
      return plain(`${by} ended the session`);
    case "call_rang":
      return plain(`${by} started a ${callWords[entry.call?.media ?? "voice"]}`);
    case "call_answered":
      return plain(`${by} answered the call`);
    case "call_declined":
      return plain(`${by} declined the call`);
    case "call_ended":
      return plain(callEnded(entry.call));
  }
}

function callEnded(call: CallLog | undefined): string {
  if (!call?.seconds) return "The call ended without an answer";
  const path = call.path ? `. ${pathWords[call.path]}` : "";
  return `The ${callWords[call.media]} ended after ${spokenTime(call.seconds)}${path}`;
}
