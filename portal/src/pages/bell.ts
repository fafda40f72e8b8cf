import type { Entry, Person, Rung, Session } from "../protocol/wire";
import { preferences } from "../ui/preferences";
import { playTone, type ToneKind } from "../ui/tone";
import { notify } from "./notify";
import { saidIn } from "../ui/words";

/** What calls somebody to a chat. */
export interface Call {
  title: string;
  body: string;
  tone: ToneKind;
  /** Whether the tone comes again for a while, and the notification stays, until somebody looks. */
  insists: boolean;
}

const every = 3_000; // Milliseconds between the tones of what insists.
const times = 4; // So often it is repeated.
const longest = 140; // Characters of a message in a notification.

/**
 * Bell calls the reader to chats that they do not see: the number in the title
 * and the dot are there in any case, a tone is played where the reader wants
 * tones, and a notification of the system is shown where it was allowed and the
 * page is hidden.
 */
export class Bell {
  private readonly shown = new Map<string, Notification>();
  private readonly insisting = new Map<string, ReturnType<typeof setInterval>>();

  /** @param chosen hears of the session whose notification was pressed */
  constructor(private readonly chosen: (session: string) => void) {}

  /** Calls the reader to a session that they do not see. It returns by what they were called at the most. */
  calls(session: string, { title, body, tone, insists }: Call): Rung {
    const heard = preferences().tone && playTone(tone);
    if (heard && insists) this.insists(session, tone);
    const pressed = (): void => this.chosen(session);
    const toast = document.hidden
      ? notify({ title, body, about: session, stays: insists, pressed })
      : undefined;
    if (toast) this.shown.set(session, toast);
    if (toast) return "toast";
    return heard ? "tone" : "dot";
  }

  /** The reader sees the session, or there is nothing to see any more. */
  seen(session: string): void {
    this.shown.get(session)?.close();
    this.shown.delete(session);
    clearInterval(this.insisting.get(session));
    this.insisting.delete(session);
  }

  private insists(session: string, tone: ToneKind): void {
    let left = times;
    clearInterval(this.insisting.get(session));
    const timer = setInterval(() => {
      if (--left === 0) clearInterval(timer);
      playTone(tone);
    }, every);
    this.insisting.set(session, timer);
  }
}

/** How an entry of somebody else calls the reader; undefined where it does not. */
export function callOf(entry: Entry, me: Person): Call | undefined {
  const { kind, by } = entry;
  if (kind === "message") {
    return { title: by.name, body: shortened(saidIn(entry)), tone: "received", insists: false };
  }
  if (kind === "secret") {
    return { title: by.name, body: "Has sent you a secret.", tone: "received", insists: false };
  }
  if (kind === "nudged") {
    const body = "They are waiting for you in the chat.";
    return { title: `${by.name} asks for your attention`, body, tone: "nudged", insists: true };
  }
  if (kind === "joined" && me.role === "contact") {
    return { title: `${by.name} has joined`, body: "The chat goes on.", tone: "received", insists: false };
  }
  return undefined;
}

/** How a session calls the reader that somebody else has begun with them. */
export function beginningOf(session: Session): Call {
  const name = session.participants.find(({ id }) => id === session.owner)?.name ?? "Somebody";
  return {
    title: `${name} has opened a chat with you`,
    body: "It is open on the page.",
    tone: "received",
    insists: true,
  };
}

function shortened(text: string): string {
  const letters = Array.from(text);
  return letters.length > longest ? `${letters.slice(0, longest - 1).join("")}…` : text;
}
