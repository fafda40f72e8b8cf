import { CallLine } from "../call/index";
import { isOver, takesPart, type LiveSession, type ParleyClient } from "../client/index";
import type { Entry, Person } from "../protocol/wire";
import type { CallView } from "../ui/call-panel";
import { viewOf } from "../ui/chat-notes";
import type { DeskWindow } from "../ui/desk";
import { preferences } from "../ui/preferences";
import { playTone } from "../ui/tone";
import { beginningOf, Bell, callOf } from "./bell";
import { standsAlone } from "./pop-out";

const justNow = 60_000; // Milliseconds.

interface Open {
  live: LiveSession;
  line: CallLine;
  minimised: boolean;
  tookPart: boolean;
  close: AbortController;
  window: DeskWindow | undefined; // Drawn last; undefined once something changed.
}

/** What the chats of a page tell it. */
export interface ChatsListener {
  /** Something is to be drawn again. */
  changed(): void;
  /** Whether a window is where the reader can see it. */
  shows(session: string): boolean;
  /** A participant is connected to a session, told once for each window. */
  arrived(live: LiveSession, person: Person): void;
}

/** The sessions that are open on a page, each with its telephone. */
export class Chats {
  /** The session in front where only one is to be seen. */
  front: string | undefined;
  private readonly open = new Map<string, Open>();
  private readonly bell = new Bell((session) => this.show(session));

  /** @param relay lets calls take only our TURN server */
  constructor(
    private readonly client: ParleyClient,
    private readonly listener: ChatsListener,
    private readonly relay: boolean,
  ) {}

  /** The windows to draw. */
  get windows(): DeskWindow[] {
    return [...this.open.values()].map((one) => (one.window ??= draw(one, this.unseen(one))));
  }

  /** Messages that the reader has not seen yet, in all windows that are not before their eyes. */
  get unread(): number {
    return [...this.open.values()].reduce((sum, one) => sum + this.unseen(one), 0);
  }

  /** The session of an open window. */
  live(session: string): LiveSession | undefined {
    return this.open.get(session)?.live;
  }

  /** The telephone of an open window. */
  line(session: string): CallLine | undefined {
    return this.open.get(session)?.line;
  }

  /** Opens a window, or does nothing where there is one. */
  add(live: LiveSession): void {
    if (this.open.has(live.id)) return;
    const close = new AbortController();
    const { signal } = close;
    const policy = this.relay ? ({ iceTransportPolicy: "relay" } as const) : {};
    const line = new CallLine(this.client, live, { ...policy, signal });
    const one: Open = { live, line, minimised: false, tookPart: false, close, window: undefined };
    this.open.set(live.id, one);
    one.tookPart = takesPart(live.session, this.client.me?.id ?? "");
    this.greet(one);
    live.addEventListener("change", () => this.follow(one), { signal });
    line.addEventListener("change", () => this.redraw(one), { signal });
    live.addEventListener("news", ({ detail }) => this.news(one, detail), { signal });
    if (document.hidden && this.begunByAnother(live)) this.bell.calls(live.id, beginningOf(live.session));
    this.listener.changed();
  }

  /** Closes a window. The session is as it was. */
  remove(session: string): void {
    const one = this.open.get(session);
    if (!one) return;
    one.close.abort();
    this.bell.seen(session);
    this.open.delete(session);
    if (this.front === session) this.front = [...this.open.keys()].at(-1);
    this.listener.changed();
  }

  /** Brings a window to where it is seen. */
  show(session: string): void {
    const one = this.open.get(session);
    if (!one) return;
    this.front = session;
    one.minimised = false;
    this.redraw(one);
  }

  /** Puts a window away. */
  minimise(session: string): void {
    const one = this.open.get(session);
    if (!one) return;
    one.minimised = true;
    if (this.front === session) this.front = undefined;
    this.redraw(one);
  }

  /** Nothing is in front any more. */
  toLists(): void {
    this.front = undefined;
    this.listener.changed();
  }

  /** The reader looks at the page again, and at every window that is not put away. */
  seen(): void {
    for (const one of this.open.values()) this.redraw(one);
  }

  // A nudge brings a window back that was put away. A window that stands on its
  // own calls by itself.
  private news(one: Open, entry: Entry): void {
    const { live } = one;
    const call = callOf(entry, this.client.person);
    if (call === undefined || standsAlone(live.id)) return;
    if (entry.kind === "nudged") one.minimised = false;
    if (!this.visible(one)) live.notified(entry.seq, this.bell.calls(live.id, call));
    else if (preferences().tone) playTone(call.tone);
    this.redraw(one);
  }

  // What is there from before the page was loaded calls nobody.
  private begunByAnother({ session }: LiveSession): boolean {
    const { owner, state, startedAt = 0 } = session;
    const fresh = this.client.now() - startedAt < justNow;
    return fresh && state === "active" && owner !== undefined && owner !== this.client.person.id;
  }

  // Whoever leaves on another page has left here, too.
  private follow(one: Open): void {
    const { session } = one.live;
    const there = takesPart(session, this.client.me?.id ?? "");
    if (one.tookPart && !there && !isOver(session.state)) return this.remove(session.id);
    one.tookPart = there;
    this.redraw(one);
  }

  private redraw(one: Open): void {
    if (this.visible(one)) this.bell.seen(one.live.id);
    one.window = undefined;
    this.listener.changed();
  }

  private unseen(one: Open): number {
    return this.visible(one) ? 0 : one.live.unread;
  }

  private visible({ minimised, live }: Open): boolean {
    return !document.hidden && !minimised && this.listener.shows(live.id);
  }

  private greet({ live, close }: Open): void {
    const met = new Set<string>();
    const look = (): void => {
      const came = live.session.participants.filter(({ id }) => live.connected.has(id) && !met.has(id));
      for (const person of came) {
        met.add(person.id);
        this.listener.arrived(live, person);
      }
    };
    live.addEventListener("change", look, { signal: close.signal });
    look();
  }
}

function draw({ live, line, minimised }: Open, unread: number): DeskWindow {
  return {
    view: viewOf(live),
    call: callView(line),
    minimised,
    unread,
  };
}

function callView({ phase, localStream, remotes, muted, cameraOff, failure }: CallLine): CallView {
  return { phase, localStream, remotes, muted, cameraOff, failure };
}
