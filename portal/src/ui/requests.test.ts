import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import type { Session } from "../protocol/wire";
import "./requests";
import type { Requests } from "./requests";
import { alice, bob, requested, session } from "./samples";
import { all, draw, one, press, settled, told, words } from "./testing";

const offered: Session = { ...session, owner: alice.id, transfer: { to: bob, by: alice } };

describe("What asks for the technician", () => {
  let requests: Requests;

  beforeEach(async () => {
    requests = await draw(html`<parley-requests .sessions=${[requested]} .me=${bob}></parley-requests>`);
  });

  const spoken = (): string => words(one(requests, "[role=status]"));

  it("is a card with who asks, for what and for how long (C24)", () => {
    expect(words(one(requests, "li"))).toContain("Dave Miller asks for help The printer on the second floor");
    expect(words(one(requests, "li"))).toContain("globex, 04:00");
  });

  it("is answered on its card (B20, C24, C27)", () => {
    const joined = told(requests, "parley-join");
    press(requests, "Answer Dave Miller now");
    expect(joined).toEqual([{ session: requested.id, answer: true }]);
  });

  it("can be put off", () => {
    const later = told(requests, "parley-later");
    press(requests, "Not now: Dave Miller");
    expect(later).toEqual([{ session: requested.id }]);
  });

  it("is a session that a colleague hands on, to be taken or not", async () => {
    requests.sessions = [offered];
    await settled(requests);
    const taken = told(requests, "parley-take");
    const refused = told(requests, "parley-refuse");
    expect(words(requests)).toContain("Alice Archer asks you to take over the session with Carol Jones");
    press(requests, "Take over Carol Jones now");
    press(requests, "Cannot take over Carol Jones");
    expect(taken).toEqual([{ session: offered.id, from: alice.id }]);
    expect(refused).toEqual([{ session: offered.id }]);
  });

  it("is told to a screen reader when it comes, and not again", async () => {
    expect(spoken()).toContain("Dave Miller asks for help.");
    requests.sessions = [requested, offered];
    await settled(requests);
    expect(spoken()).toContain("Alice Archer asks you to take over");
    expect(spoken()).not.toContain("Dave");
  });

  it("is at most three cards, and how many more there are", async () => {
    requests.sessions = [1, 2, 3, 4, 5].map((n) => ({ ...requested, id: `globex/${n}` }));
    await settled(requests);
    expect(all(requests, "li")).toHaveLength(3);
    expect(words(requests)).toContain("And 2 more, in the list of those who wait.");
  });
});
