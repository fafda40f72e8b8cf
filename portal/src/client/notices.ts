import type { PresenceNotified } from "../protocol/wire";
import { Events } from "./events";
import type { AnyPush } from "./exchange";
import { insist } from "./insist";
import type { Service } from "./service";

const maxKnown = 200;

/** Whom a notice is for, and at which of their devices it is shown; anywhere when absent. */
export interface NoticeTo {
  company: string;
  contact: string;
  device?: string;
}

/** What notices tell. */
export interface NoticesEvents {
  /** A notice came, once. */
  came: PresenceNotified;
  /** A contact has read a notice that was sent from here, by name. */
  read: string;
}

/** Notices are the short texts that a technician shows a contact without a session. They are kept nowhere. */
export class Notices extends Events<NoticesEvents> {
  #waiting: readonly PresenceNotified[] = [];
  readonly #known = new Set<string>(); // Those that came, so that each is shown once.
  readonly #sent = new Set<string>(); // Those of which nobody has told yet that they were read.

  constructor(private readonly service: Service) {
    super();
  }

  /** What the reader has not read yet, oldest first. */
  get waiting(): readonly PresenceNotified[] {
    return this.#waiting;
  }

  /** A technician shows a text of 1 to 1,024 bytes. It rejects with a Fault: `conflict` where no page could show it. */
  async send(to: NoticeTo, text: string): Promise<void> {
    const notice = crypto.randomUUID();
    this.#sent.add(notice); // It may be read before the reply is here.
    try {
      await insist(this.service, "presence.notify", { ...to, notice, text });
    } catch (err) {
      this.#sent.delete(notice);
      throw err;
    }
  }

  /** The reader has read a notice, which its technician is told. */
  async heed({ notice, by }: PresenceNotified): Promise<void> {
    this.#waiting = this.#waiting.filter((one) => one.notice !== notice || one.by.id !== by.id);
    await insist(this.service, "presence.acknowledge", { notice, technician: by.id });
  }

  /** Takes a push. */
  hear({ name, data }: AnyPush): void {
    if (name === "presence.notified") this.#come(data);
    if (name === "presence.acknowledged" && this.#sent.delete(data.notice)) this.emit("read", data.by.name);
  }

  #come(notice: PresenceNotified): void {
    const key = `${notice.by.id} ${notice.notice}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    const [oldest = ""] = this.#known;
    if (this.#known.size > maxKnown) this.#known.delete(oldest);
    this.#waiting = [...this.#waiting, notice];
    this.emit("came", notice);
  }
}
