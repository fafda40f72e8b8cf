import { html } from "lit";
import { describe, expect, it } from "vitest";
import type { Session } from "../protocol/wire";
import { abandoned, alice, bob, callback, entries, requested, session } from "./samples";
import "./sessions";
import type { Picked, Sessions } from "./sessions";
import { all, button, draw, one, press, settled, told, words } from "./testing";

const sessions: Session[] = [{ ...session, owner: alice.id }, requested, abandoned, callback];

const drawn = (me = bob, more: readonly Session[] = []): Promise<Sessions> =>
  draw(html`<parley-sessions .sessions=${[...sessions, ...more]} .me=${me}></parley-sessions>`);

const offered: Session = {
  ...session,
  id: "acme/9",
  owner: alice.id,
  transfer: { to: bob, by: alice },
};

describe("The session manager", () => {
  it("has My sessions, Waiting, Abandoned and Callbacks, each with its count (G5)", async () => {
    const titles = all(await drawn(alice), "h2").map((title) => words(title));
    expect(titles).toEqual(["My sessions 1", "Waiting 1", "Abandoned 1", "Callbacks 1"]);
  });

  it("shows contact, company, device, problem and waiting time, and who is in charge (C25)", async () => {
    const manager = await drawn();
    const [, waiting, others] = all(manager, "details").map((group) => words(group));
    expect(waiting).toContain("Dave Miller globex The printer on the second floor");
    expect(waiting).toContain("Waiting for 04:00");
    expect(others).toContain("Carol Jones Managed device ACME-LT-07, acme");
    expect(others).toContain("Alice Archer is in charge");
  });

  it("answers a request, joins a session that is going on, and takes one over (B17, C5, N20)", async () => {
    const manager = await drawn();
    const joined = told(manager, "parley-join");
    const over = told(manager, "parley-take-over");
    press(manager, "Answer Dave Miller");
    press(manager, "Join session with Carol Jones");
    press(manager, "Take over the session with Carol Jones");
    expect(joined).toEqual([{ session: requested.id, answer: true }, { session: session.id }]);
    expect(over).toEqual([{ session: session.id }]);
  });

  it("takes charge at once where nobody is in charge", async () => {
    const manager = await draw<Sessions>(
      html`<parley-sessions .sessions=${[session]} .me=${bob}></parley-sessions>`,
    );
    const taken = told(manager, "parley-take");
    press(manager, "Take charge of the session with Carol Jones");
    expect(taken).toEqual([{ session: session.id }]);
  });

  it("shows the window of a session that one is in, however it is picked (G6)", async () => {
    const manager = await drawn(alice);
    const showed = told(manager, "parley-show");
    press(manager, "Show session with Carol Jones");
    press(manager, "Show Carol Jones");
    expect(showed).toEqual([{ session: session.id }, { session: session.id }]);
  });

  it("shows the messages of a session that is picked, or how they come to be read (G6)", async () => {
    const manager = await drawn();
    const picks = told(manager, "parley-pick");
    press(manager, "Look into the session with Carol Jones");
    expect(picks).toEqual([{ session: session.id }]);
    const looks = async (glimpse: Picked["glimpse"]): Promise<string> => {
      manager.picked = { session: session.id, glimpse };
      await settled(manager);
      return words(one(manager, "details:nth-of-type(3)"));
    };
    expect(await looks({ kind: "reading" })).toContain("Reading…");
    expect(await looks({ kind: "lines", entries })).toContain("Alice Archer: Good morning!");
    expect(await looks({ kind: "closed" })).toContain("Join the session to read its messages.");
  });

  it("follows up an abandoned request with a chat, if the contact is online (F13, F14)", async () => {
    const manager = await drawn();
    const pushed = told(manager, "parley-push");
    const { contact, ticket } = abandoned;
    expect(button(manager, `Start a chat with ${contact.name}`)).toBeUndefined();
    expect(words(manager)).toContain("Not online now, so no chat can be started.");
    manager.reachable = new Set([contact.id]);
    await settled(manager);
    press(manager, `Start a chat with ${contact.name}`);
    expect(pushed).toEqual([{ ticket: ticket?.id, name: contact.name, company: "acme" }]);
    expect(words(manager)).toContain("Ticket 7K3Q-9FMW");
  });

  it("asks for a note before an abandoned request or a callback is closed (F15, F20)", async () => {
    const manager = await drawn();
    const finished = told(manager, "parley-finish");
    for (const end of all(manager, "[aria-label^='End the session']")) end.click();
    expect(finished).toEqual([{ session: abandoned.id }, { session: callback.id }]);
  });

  it("lists callbacks with a number that the telephone software dials, and the note (F20, F21)", async () => {
    const manager = await drawn();
    const link = one(manager, "a");
    expect(link.getAttribute("href")).toBe("tel:+442079460018");
    expect(words(link)).toBe("+44 20 7946 0018");
    expect(words(manager)).toContain("After four, please.");
  });

  it("names the other of a session among colleagues, and nobody in charge (C7)", async () => {
    const talk: Session = {
      ...session,
      kind: "staff",
      company: "_staff",
      contact: bob,
      participants: [alice, bob].map((one) => ({ ...one, joined: true })),
    };
    delete talk.device;
    const manager = await draw<Sessions>(
      html`<parley-sessions .sessions=${[talk]} .me=${bob}></parley-sessions>`,
    );
    expect(words(one(manager, "li"))).toMatch(/^Alice Archer Colleague 00:2[3-6] Show$/);
  });

  it("lets one take what a colleague hands on, or say that one cannot", async () => {
    const manager = await drawn(bob, [offered]);
    const taken = told(manager, "parley-take");
    const refused = told(manager, "parley-refuse");
    expect(words(manager)).toContain("Alice Archer asks you to take it over");
    press(manager, "Take the session with Carol Jones");
    press(manager, "Cannot take the session with Carol Jones");
    expect(taken).toEqual([{ session: offered.id, from: alice.id }]);
    expect(refused).toEqual([{ session: offered.id }]);
  });
});
