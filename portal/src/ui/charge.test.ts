import { html } from "lit";
import { describe, expect, it } from "vitest";
import type { Person, Session } from "../protocol/wire";
import "./charge";
import type { Charge } from "./charge";
import { alice, bob, carol, session } from "./samples";
import { all, draw, press, told, words } from "./testing";

const hers: Session = { ...session, owner: alice.id };
const drawn = (of: Session, me: Person = alice): Promise<Charge> =>
  draw(html`<parley-charge .session=${of} .me=${me}></parley-charge>`);

describe("Above its window, a session", () => {
  it("says who is in charge (N20)", async () => {
    expect(words(await drawn(hers))).toContain("You are in charge");
    expect(words(await drawn(hers, bob))).toContain("Alice Archer is in charge");
    expect(words(await drawn(session, bob))).toContain("Nobody is in charge");
  });

  it("is handed on by who is in charge", async () => {
    const bar = await drawn(hers);
    const handed = told(bar, "parley-hand-on");
    press(bar, "Transfer");
    expect(handed).toEqual([{ session: session.id }]);
  });

  it("is taken over from a colleague after asking, and at once where nobody has it (N20)", async () => {
    const theirs = await drawn(hers, bob);
    const asked = told(theirs, "parley-take-over");
    press(theirs, "Take over");
    expect(asked).toEqual([{ session: session.id }]);
    const free = await drawn(session, bob);
    const taken = told(free, "parley-take");
    press(free, "Take charge");
    expect(taken).toEqual([{ session: session.id }]);
  });

  it("tells to whom it is offered, and lets them take it or not", async () => {
    const offered = { ...hers, transfer: { to: bob, by: alice } };
    expect(words(await drawn(offered))).toContain("You are in charge. Offered to Bob Baker");
    const bar = await drawn(offered, bob);
    const taken = told(bar, "parley-take");
    const refused = told(bar, "parley-refuse");
    expect(words(bar)).toContain("Alice Archer asks you to take over");
    press(bar, "Take");
    press(bar, "Cannot");
    expect(taken).toEqual([{ session: session.id, from: alice.id }]);
    expect(refused).toEqual([{ session: session.id }]);
  });

  it("says nothing of it to contacts, among colleagues, and when it is over", async () => {
    for (const bar of [
      await drawn(hers, carol),
      await drawn({ ...hers, kind: "staff" }),
      await drawn({ ...hers, state: "ended" }),
    ]) {
      expect(all(bar, ".bar")).toEqual([]);
    }
  });
});
