import type { Commands, Entry, Image, SessionReply } from "../protocol/wire";
import { Events } from "./events";
import { insist } from "./insist";
import type { Service } from "./service";
import type { LiveSessionEvents } from "./session";

type SessionCommand =
  | "session.approve"
  | "session.refuse"
  | "session.cancel"
  | "session.join"
  | "session.take"
  | "session.transfer"
  | "session.leave"
  | "session.end"
  | "session.callback"
  | "session.nudge";

/**
 * SessionCommands are what can be done with a session. Each resolves when the
 * service has done it, and rejects with a Fault whose sentence may be shown.
 */
export abstract class SessionCommands extends Events<LiveSessionEvents> {
  /** company/uuid */
  abstract readonly id: string;

  constructor(protected readonly service: Service) {
    super();
  }

  /** Takes the answer to a command that changed the session. */
  abstract apply(reply: SessionReply): void;

  /** Everything up to this seq of the transcript is known. */
  abstract readonly seq: number;

  /** Takes an entry, in whatever order. */
  abstract heard(entry: Entry): void;

  /** What was said and happened so far, by seq. */
  abstract readonly entries: readonly Entry[];

  readonly #pictures = new Map<number, Promise<Image>>();

  /** Brings the image of an entry, once; it rejects where there is none any more. */
  picture(seq: number): Promise<Image> {
    const entry = this.entries.find((one) => one.seq === seq);
    if (entry?.image?.data !== undefined) return Promise.resolve(entry.image);
    const known = this.#pictures.get(seq);
    if (known !== undefined) return known;
    const asked = { session: this.id, by: entry?.by.id ?? "", message: entry?.message ?? "" };
    const image = insist(this.service, "message.image", asked);
    this.#pictures.set(seq, image);
    image.catch(() => this.#pictures.delete(seq)); // It may be asked for again.
    return image;
  }

  /** Sends a text that one other participant is shown once. It is kept nowhere here, and does not wait for a connection. */
  async hide(text: string): Promise<void> {
    const message = crypto.randomUUID();
    const hidden = { session: this.id, message, text, after: this.seq };
    const { seq, at } = await insist(this.service, "message.hide", hidden);
    this.heard({ seq, at, kind: "secret", by: this.service.person, message });
  }

  /** Brings the text of a secret by the seq of its entry. Nobody gets it again. */
  async reveal(seq: number): Promise<string> {
    const asking = { session: this.id, seq, reveal: crypto.randomUUID() };
    const { text, entry } = await insist(this.service, "message.reveal", asking);
    this.heard(entry);
    return text;
  }

  /** The contact agrees to a session. */
  approve(): Promise<void> {
    return this.#do("session.approve", { session: this.id });
  }

  /** The contact does not agree to a session, or a technician to a transfer. */
  refuse(): Promise<void> {
    return this.#do("session.refuse", { session: this.id });
  }

  /** A technician withdraws before the contact has agreed. */
  cancel(): Promise<void> {
    return this.#do("session.cancel", { session: this.id });
  }

  /** Joins. With answer only to be the one who answers: `conflict` says who was first. */
  join({ answer = false } = {}): Promise<void> {
    return this.#do("session.join", { session: this.id, ...(answer && { answer }) });
  }

  /** Takes the session over from whom the caller saw in charge; from nobody named, what was transferred to them. */
  take(from?: string): Promise<void> {
    return this.#do("session.take", { session: this.id, ...(from !== undefined && { from }) });
  }

  /** Offers the session to a colleague by id; with nobody named it goes back to those who wait. */
  transfer(to?: string): Promise<void> {
    return this.#do("session.transfer", { session: this.id, ...(to !== undefined && { to }) });
  }

  /** Leaves; the session goes on. */
  leave(): Promise<void> {
    return this.#do("session.leave", { session: this.id });
  }

  /** Ends the session for everybody, with a technician's closing note; solved, its ticket is closed too. */
  end(note = "", solved = false): Promise<void> {
    return this.#do("session.end", {
      session: this.id,
      ...(note !== "" && { note }),
      ...(solved && { solved }),
    });
  }

  /** A contact leaves a number to be called. */
  callback({ phone, note = "" }: { phone: string; note?: string }): Promise<void> {
    return this.#do("session.callback", { session: this.id, phone, ...(note !== "" && { note }) });
  }

  /** Calls for the other side's attention, at most twice a minute. */
  nudge(): Promise<void> {
    return this.#do("session.nudge", { session: this.id });
  }

  async #do<Name extends SessionCommand>(name: Name, data: Commands[Name]["data"]): Promise<void> {
    this.apply(await this.service.command(name, data));
  }
}
