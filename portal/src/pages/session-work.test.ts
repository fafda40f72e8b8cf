import { beforeEach, describe, expect, it, vi } from "vitest";
import { Fault, type LiveSession } from "../client/index";
import type { Entry, Session } from "../protocol/wire";
import { tell } from "../ui/events";
import { abandoned, alice, bob, carol, connecting, entries, now, rows, session } from "../ui/samples";
import { NoticeBoard } from "./notice-board";
import { SessionWork, type WorkPlace } from "./session-work";

const wish = {
  contact: carol.id,
  name: carol.name,
  company: "acme",
  device: "ACME-LT-07",
  with: "text",
} as const;

/** A session as its client keeps it, that can be told to have become another. */
class Live extends EventTarget {
  done: string[] = [];

  constructor(public session: Session) {
    super();
  }

  get id(): string {
    return this.session.id;
  }

  becomes(part: Partial<Session>): void {
    this.session = { ...this.session, ...part };
    this.dispatchEvent(new Event("change"));
  }

  cancel(): Promise<void> {
    this.becomes({ state: "cancelled" });
    return Promise.resolve();
  }

  transfer(to?: string): Promise<void> {
    if (to === undefined) this.becomes({ state: "requested" });
    else this.becomes({ transfer: { to: bob, by: alice } });
    return Promise.resolve();
  }
}

describe("What a technician does with sessions", () => {
  let root: EventTarget;
  let done: string[];
  let open: string[];
  let board: NoticeBoard;
  let work: SessionWork;
  let sessions: Map<string, Live>;
  let contacts: Map<string, (typeof rows)[number]>;
  let answer: () => Promise<unknown>;

  beforeEach(() => {
    root = new EventTarget();
    done = [];
    open = [];
    sessions = new Map();
    contacts = new Map(rows.map((row) => [row.id, row]));
    answer = () => Promise.resolve(new Live(session));
    board = new NoticeBoard(() => undefined);
    const does =
      (what: string) =>
      (...how: unknown[]) => {
        done.push([what, ...how.map((one) => JSON.stringify(one))].join(" "));
        return answer();
      };
    const client = {
      sessions,
      roster: { current: true, contacts },
      me: alice,
      now: () => now,
      command: does("command"),
      start: does("start"),
      startAbout: does("startAbout"),
      talk: does("talk"),
      join: does("join"),
      take: does("take"),
      refuse: does("refuse"),
      end: does("end"),
    };
    const chats = {
      add: () => undefined,
      remove: (id: string) => open.splice(open.indexOf(id), 1),
      live: (id: string) => (open.includes(id) ? {} : undefined),
      line: () => ({ call: does("call") }),
    };
    work = new SessionWork({
      client: client as unknown as WorkPlace["client"],
      chats: chats as unknown as WorkPlace["chats"],
      board,
      show: (id) => open.push(id),
      changed: () => undefined,
    });
    work.follow(root);
  });

  const notices = (): string[] => board.notices.map(({ text }) => text);
  const refuses = (sentence: string): void => {
    answer = () => Promise.reject(new Fault("conflict", sentence));
  };

  it("starts a session on the device that was chosen, and opens its window (B3, C8)", async () => {
    tell(root, "parley-start", wish);
    await vi.waitFor(() => expect(open).toEqual([session.id]));
    expect(done).toEqual(['start {"id":"c","company":"acme"} "ACME-LT-07"']);
    expect(notices()).toEqual(["Request sent to Carol Jones. A chat opens on their screen."]);
  });

  it("starts nothing where nobody is logged on, and says so (B25)", async () => {
    tell(root, "parley-start", { ...wish, device: "ACME-LT-99" });
    contacts.delete(carol.id);
    tell(root, "parley-start", wish);
    await vi.waitFor(() => expect(notices()).toHaveLength(1));
    expect(notices()[0]).toBe(
      "Carol Jones is not logged on there, so no message can be shown. No session was started.",
    );
    expect(done).toEqual([]);
  });

  it("says so of a device where nobody is, before anything starts (B25)", async () => {
    tell(root, "parley-start", { ...wish, contact: "", name: "ACME-PC-01", device: "pc1" });
    await vi.waitFor(() => expect(notices()).toHaveLength(1));
    expect(notices()[0]).toBe(
      "Nobody is logged on at ACME-PC-01, so no message can be shown there. No session was started.",
    );
    expect(done).toEqual([]);
  });

  it("starts no second session with somebody on the same device", async () => {
    const live = new Live({ ...session, device: { id: "ACME-LT-07", name: "ACME-LT-07" } });
    sessions.set(session.id, live);
    tell(root, "parley-start", wish);
    await vi.waitFor(() => expect(open).toEqual([session.id]));
    expect(done).toEqual([]);
  });

  it("calls once the contact has agreed, and not where they do not (C11, C12, E1)", async () => {
    for (const state of ["active", "declined"] as const) {
      const live = new Live(connecting);
      answer = () => Promise.resolve(live);
      tell(root, "parley-start", { ...wish, with: "voice" });
      await vi.waitFor(() => expect(open).toEqual([connecting.id]));
      expect(done.filter((one) => one.startsWith("call"))).toEqual([]);
      live.becomes({ state });
      open.length = 0;
      expect(done.at(-1)).toContain(state === "active" ? "call" : "start");
      done.length = 0;
    }
  });

  it("withdraws a request (C12)", () => {
    const live = new Live(connecting);
    sessions.set(connecting.id, live);
    tell(root, "parley-cancel", { session: connecting.id });
    expect(live.session.state).toBe("cancelled");
  });

  it("answers a request, and says who has it where somebody else was first (C27, N20)", async () => {
    tell(root, "parley-join", { session: session.id, answer: true });
    await vi.waitFor(() => expect(open).toEqual([session.id]));
    expect(done).toEqual([`join "${session.id}" {"answer":true}`]);
    refuses("Bob Baker has this session.");
    tell(root, "parley-join", { session: session.id, answer: true });
    await vi.waitFor(() => expect(notices()).toContain("Bob Baker has this session."));
    expect(open).toHaveLength(1);
  });

  it("takes a session over from who was seen in charge (N20)", async () => {
    work.takeOver({ ...session, owner: bob.id });
    await vi.waitFor(() => expect(open).toEqual([session.id]));
    expect(done).toEqual([`take "${session.id}" "b"`]);
  });

  it("tells whose session somebody else took over, and who cannot take one (N20)", () => {
    const entry = (kind: Entry["kind"], by = bob): Entry => ({ seq: 9, at: now, kind, by });
    work.heard({ ...session, owner: bob.id }, entry("taken"));
    work.heard(session, entry("kept"));
    work.heard({ ...session, owner: alice.id }, entry("taken", alice));
    expect(notices()).toEqual([
      "Bob Baker took over the session with Carol Jones.",
      "Bob Baker cannot take over the session with Carol Jones.",
    ]);
  });

  it("hands a session on, and closes its window where it goes back to those who wait", async () => {
    sessions.set(session.id, new Live(session));
    open.push(session.id);
    tell(root, "parley-transfer", { session: session.id, to: bob.id });
    await vi.waitFor(() => expect(notices().at(-1)).toContain("Bob Baker is asked to take over."));
    sessions.set(session.id, new Live(session));
    tell(root, "parley-transfer", { session: session.id });
    await vi.waitFor(() => expect(open).toEqual([]));
  });

  it("ends with a note what nobody answered; an open window ends its own session (F15, F20)", () => {
    open.push(session.id);
    tell(root, "parley-end", { session: abandoned.id, note: "Called her.", solved: true });
    tell(root, "parley-end", { session: session.id, note: "Solved." });
    expect(done).toEqual([`end "${abandoned.id}" "Called her." true`]);
  });

  it("follows up from a ticket, says so, and opens the window (C19, F14)", async () => {
    tell(root, "parley-push", { ticket: "acme/4", name: carol.name, company: "acme" });
    await vi.waitFor(() => expect(open).toEqual([session.id]));
    expect(done).toEqual([`startAbout {"id":"acme/4","company":"acme"}`]);
    expect(notices()).toEqual(["A chat about the ticket opens on the screen of Carol Jones."]);
  });

  it("says why, where the contact of a ticket is not online (C20)", async () => {
    answer = () =>
      Promise.reject(new Fault("conflict", "Carol Jones is away. Try again when they are back."));
    tell(root, "parley-push", { ticket: "acme/4", name: carol.name, company: "acme" });
    await vi.waitFor(() => expect(notices().at(-1)).toContain("Carol Jones is away."));
    expect(open).toEqual([]);
  });

  it("talks with a colleague in one session, whoever began it (C7)", async () => {
    tell(root, "parley-staff", { colleague: bob });
    await vi.waitFor(() => expect(open).toHaveLength(1));
    const participants = [alice, bob].map((one) => ({ ...one, joined: true }));
    sessions.set(
      "_staff/1",
      new Live({ ...session, id: "_staff/1", kind: "staff", contact: alice, participants }),
    );
    tell(root, "parley-staff", { colleague: bob });
    await vi.waitFor(() => expect(open).toEqual([session.id, "_staff/1"]));
    expect(done).toHaveLength(1);
  });

  it("shows what was said in a session that is looked into, as far as that is allowed (G6)", async () => {
    answer = () => Promise.resolve({ entries, more: false });
    tell(root, "parley-pick", { session: session.id });
    expect(work.picked?.glimpse).toEqual({ kind: "reading" });
    await vi.waitFor(() => expect(work.picked?.glimpse).toEqual({ kind: "lines", entries }));
    tell(root, "parley-pick", { session: session.id });
    expect(work.picked).toBeUndefined();
    refuses("Join this session first.");
    tell(root, "parley-pick", { session: session.id });
    await vi.waitFor(() => expect(work.picked?.glimpse).toEqual({ kind: "closed" }));
  });

  it("says when the contact is there, once", () => {
    work.arrived(new Live(session) as unknown as LiveSession, carol);
    expect(notices()).toEqual([]);
  });
});
