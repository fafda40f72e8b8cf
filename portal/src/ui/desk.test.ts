import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import { noCall } from "./call-panel";
import "./desk";
import type { Desk, DeskWindow } from "./desk";
import { alice, bob, calls, carol, connecting, ended, requested, session, view } from "./samples";
import { all, draw, one, press, settled, told, words } from "./testing";

const windowOf = (part: Partial<DeskWindow>, of = session): DeskWindow => ({
  view: { ...view, session: of },
  call: noCall,
  minimised: false,
  unread: 0,
  ...part,
});

describe("The desk", () => {
  let desk: Desk;

  beforeEach(async () => {
    desk = await draw(html`<parley-desk .me=${alice} linked lists></parley-desk>`);
  });

  it("says what to do when no chat is open", () => {
    expect(words(desk)).toContain("Choose somebody to write to");
  });

  it("holds several chats at once (C3)", async () => {
    desk.windows = [windowOf({}), windowOf({}, requested), windowOf({}, ended)];
    await settled(desk);
    expect(all(desk, "parley-chat")).toHaveLength(3);
  });

  it("counts what is new in a window that is put away, and brings it back", async () => {
    desk.windows = [windowOf({ minimised: true, unread: 3 })];
    await settled(desk);
    const showed = told(desk, "parley-show");
    expect(words(one(desk, "nav"))).toBe("Carol Jones 3 new");
    one(desk, "nav button").click();
    expect(showed).toEqual([{ session: session.id }]);
  });

  it("says on its button that a window is being called", async () => {
    desk.windows = [windowOf({ minimised: true, call: calls["ringing"] ?? noCall })];
    await settled(desk);
    expect(words(one(desk, "nav"))).toContain("calling");
  });

  it("keeps the window of a chat when another closes", async () => {
    desk.windows = [windowOf({}, requested), windowOf({})];
    await settled(desk);
    const [, kept] = all(desk, "parley-chat");
    desk.windows = [windowOf({})];
    await settled(desk);
    expect(all(desk, "parley-chat")).toEqual([kept]);
  });

  it("puts a window away", async () => {
    desk.windows = [windowOf({})];
    await settled(desk);
    const away = told(desk, "parley-minimise");
    press(desk, "Minimise");
    expect(away).toEqual([{ session: session.id }]);
  });

  it("shows a technician that it is connecting until the contact has agreed (C11, C13)", async () => {
    desk.windows = [windowOf({}, connecting)];
    await settled(desk);
    expect(words(desk)).toContain("Connecting to Carol Jones…");
    expect(all(desk, "parley-chat")).toEqual([]);
    desk.windows = [windowOf({}, { ...connecting, state: "active" })];
    await settled(desk);
    expect(all(desk, "parley-chat")).toHaveLength(1);
  });

  it("says above each chat who is in charge of it, to technicians alone (N20)", async () => {
    desk.windows = [windowOf({}, { ...session, owner: alice.id })];
    await settled(desk);
    expect(words(one(desk, "parley-charge"))).toContain("You are in charge");
    desk.me = bob;
    await settled(desk);
    expect(words(one(desk, "parley-charge"))).toContain("Alice Archer is in charge");
    desk.me = carol;
    await settled(desk);
    expect(words(one(desk, "parley-charge"))).toBe("");
  });
});
