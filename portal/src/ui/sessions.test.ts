import { html } from "lit";
import { describe, expect, it } from "vitest";
import { alice, bob, requested, session } from "./samples";
import "./sessions";
import type { Sessions } from "./sessions";
import { all, draw, press, told, words } from "./testing";

const drawn = (me = bob): Promise<Sessions> =>
  draw(html`<parley-sessions .sessions=${[session, requested]} .me=${me}></parley-sessions>`);

describe("The list of sessions", () => {
  it("has requests with their problem, and sessions with who is in them", async () => {
    const [waiting, going] = all(await drawn(), "section").map((section) => words(section));
    expect(waiting).toContain("Dave Miller globex The printer on the second floor");
    expect(waiting).toContain("Waiting for 04:00");
    expect(going).toContain("with Alice Archer");
  });

  it("joins a request, and a session of a colleague", async () => {
    const sessions = await drawn();
    const joined = told(sessions, "parley-join");
    press(sessions, "Join session with Dave Miller");
    press(sessions, "Join session with Carol Jones");
    expect(joined).toEqual([{ session: requested.id }, { session: session.id }]);
  });

  it("shows a session that one is in already", async () => {
    const sessions = await drawn(alice);
    const showed = told(sessions, "parley-show");
    press(sessions, "Show session with Carol Jones");
    expect(showed).toEqual([{ session: session.id }]);
  });
});
