import { Fault, isOver, takesPart, type LiveSession, type ParleyClient } from "../client/index";
import type { Entry, Media, Person, Session } from "../protocol/wire";
import { hear, type Told } from "../ui/events";
import type { Picked } from "../ui/sessions";
import type { Chats } from "./chats";
import type { NoticeBoard } from "./notice-board";

type WorkClient = Pick<
  ParleyClient,
  | "sessions"
  | "roster"
  | "me"
  | "now"
  | "command"
  | "start"
  | "startAbout"
  | "talk"
  | "join"
  | "take"
  | "refuse"
  | "end"
>;

/** What the work needs of its page. */
export interface WorkPlace {
  client: WorkClient;
  chats: Pick<Chats, "add" | "remove" | "live" | "line">;
  board: Pick<NoticeBoard, "done" | "trouble" | "news">;
  /** Brings a window to where it is seen. */
  show(session: string): void;
  /** Something is to be drawn again. */
  changed(): void;
}

/** What a technician does with sessions: starts, joins, takes, hands on, ends and looks into them. */
export class SessionWork {
  /** The session that the technician looks into without taking part. */
  picked: Picked | undefined;
  private readonly started = new Set<string>(); // Sessions that were begun on this page.

  constructor(private readonly place: WorkPlace) {}

  /** Does what the components inside an element tell. */
  follow(root: EventTarget): void {
    const on = <Name extends keyof Told>(name: Name, doing: (wish: Told[Name]) => Promise<void>): void =>
      hear(root, name, (wish) => {
        doing(wish).catch((error: unknown) =>
          this.place.board.trouble(error, { tips: name === "parley-start" }),
        );
      });
    on("parley-start", (wish) => this.start(wish));
    on("parley-push", (wish) => this.push(wish));
    on("parley-staff", ({ colleague }) => this.talk(colleague));
    on("parley-join", (wish) => this.join(wish));
    on("parley-take", ({ session, from }) => this.take(session, from));
    on("parley-refuse", ({ session }) => this.place.client.refuse(session));
    on("parley-cancel", async ({ session }) => this.live(session)?.cancel());
    on("parley-transfer", (wish) => this.transfer(wish));
    on("parley-pick", ({ session }) => this.pick(session));
    on("parley-end", (wish) => this.end(wish));
  }

  /** Takes an entry that changed a session in which the technician takes part. */
  heard({ contact, owner }: Session, { kind, by }: Entry): void {
    const { board, client } = this.place;
    if (by.id === client.me?.id) return;
    if (kind === "taken" && owner === by.id)
      board.news(`${by.name} took over the session with ${contact.name}.`);
    if (kind === "kept") board.news(`${by.name} cannot take over the session with ${contact.name}.`);
    if (kind === "declined") board.news(`${contact.name} has declined. No session has begun.`);
  }

  /** Takes that a participant is connected to a session, told once. */
  arrived(live: LiveSession, person: Person): void {
    if (person.id !== live.session.contact.id || !this.started.delete(live.id)) return;
    this.place.board.done(`${person.name} has joined. The chat is open on their screen.`);
  }

  /** Takes a session over from who was seen in charge. */
  takeOver({ id, owner }: Session): void {
    this.take(id, owner).catch((error: unknown) => this.place.board.trouble(error));
  }

  private live(session: string): LiveSession | undefined {
    return this.place.client.sessions.get(session);
  }

  private async start(wish: Told["parley-start"]): Promise<void> {
    const live = this.with(wish.contact, wish.device) ?? (await this.begin(wish));
    this.open(live);
    if (wish.with === "text") return;
    const media = wish.with;
    await whenBegun(live, () => this.ring(live.id, media));
  }

  private async begin(wish: Told["parley-start"]): Promise<LiveSession> {
    const { client, board } = this.place;
    if (wish.contact === "") {
      throw new Fault(
        "conflict",
        `Nobody is logged on at ${wish.name}, so no message can be shown there. No session was started.`,
      );
    }
    if (!this.isThere(wish)) {
      const where = wish.device === undefined ? "" : " there";
      throw new Fault(
        "conflict",
        `${wish.name} is not logged on${where}, so no message can be shown. No session was started.`,
      );
    }
    const live = await client.start({ id: wish.contact, company: wish.company }, wish.device);
    this.started.add(live.id);
    if (live.session.state === "active") {
      board.done(`Request sent to ${wish.name}. A chat opens on their screen.`, { tips: true });
    }
    return live;
  }

  private async push({ ticket, name, company }: Told["parley-push"]): Promise<void> {
    const live = await this.place.client.startAbout({ id: ticket, company });
    this.started.add(live.id);
    if (live.session.state === "active")
      this.place.board.done(`A chat about the ticket opens on the screen of ${name}.`, { tips: true });
    this.open(live);
  }

  private async ring(session: string, media: Media): Promise<void> {
    await this.place.chats.line(session)?.call(media);
  }

  // Nobody is asked for who is known to be away; the service decides in any case.
  private isThere({ contact, device }: Told["parley-start"]): boolean {
    const { roster, now } = this.place.client;
    if (!roster.current) return true;
    const row = roster.contacts.get(contact);
    if (!row || row.activity === "offline" || row.until <= now.call(this.place.client)) return false;
    return device === undefined || row.devices.some(({ id }) => id === device);
  }

  private async talk(colleague: Person): Promise<void> {
    this.open(this.with(colleague.id) ?? (await this.place.client.talk(colleague)));
  }

  /** The session with somebody, on one device of theirs, that goes on already. */
  private with(person: string, device?: string): LiveSession | undefined {
    const me = this.place.client.me?.id ?? "";
    return [...this.place.client.sessions.values()].find(({ session }) => {
      if (isOver(session.state) || !takesPart(session, me)) return false;
      if (session.kind === "staff") return takesPart(session, person);
      return session.contact.id === person && session.device?.id === device;
    });
  }

  private async join({ session, answer = false }: Told["parley-join"]): Promise<void> {
    const live = await this.place.client.join(session, { answer });
    this.open(live);
    this.place.board.done(`You have joined the session with ${live.session.contact.name}.`);
  }

  private async take(session: string, from?: string): Promise<void> {
    const live = await this.place.client.take(session, from);
    this.open(live);
    this.place.board.done(`You are in charge of the session with ${live.session.contact.name}.`);
  }

  private async transfer({ session, to }: Told["parley-transfer"]): Promise<void> {
    const live = this.live(session);
    if (!live) return;
    await live.transfer(to);
    const { transfer, contact } = live.session;
    if (transfer)
      return this.place.board.done(
        `${transfer.to.name} is asked to take over. You stay in charge until then.`,
      );
    this.place.chats.remove(session);
    this.place.board.done(`The session with ${contact.name} waits for anybody to answer.`);
  }

  // The windows do it for their own sessions.
  private async end({ session, note, solved }: Told["parley-end"]): Promise<void> {
    if (!this.place.chats.live(session)) await this.place.client.end(session, note, solved);
  }

  private async pick(session: string): Promise<void> {
    if (this.picked?.session === session) return this.look(undefined);
    this.look({ session, glimpse: { kind: "reading" } });
    const glimpse: Picked["glimpse"] = await this.read(session)
      .then((entries) => ({ kind: "lines" as const, entries }))
      .catch(() => ({ kind: "closed" as const }));
    if (this.picked?.session === session) this.look({ session, glimpse });
  }

  /** Brings a transcript, page by page, as long as the technician looks at it. */
  private async read(session: string): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (let more = true; more && this.picked?.session === session;) {
      const page = await this.place.client.command("message.list", {
        session,
        after: entries.at(-1)?.seq ?? 0,
      });
      entries.push(...page.entries);
      more = page.more && page.entries.length > 0;
    }
    return entries;
  }

  private look(picked: Picked | undefined): void {
    this.picked = picked;
    this.place.changed();
  }

  private open(live: LiveSession): void {
    if (this.picked?.session === live.id) this.picked = undefined;
    this.place.chats.add(live);
    this.place.show(live.id);
  }
}

/** Does something once the contact has agreed; nothing where they do not. */
function whenBegun(live: LiveSession, then: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const look = (): void => {
      if (live.session.state === "connecting") return;
      over.abort();
      if (live.session.state === "active") then().then(resolve, reject);
      else resolve();
    };
    live.addEventListener("change", look, { signal: over.signal });
    look();
  });
}
