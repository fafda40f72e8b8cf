import { html } from "lit";
import { describe, expect, it } from "vitest";
import type { Session } from "../protocol/wire";
import { Connecting } from "./connecting";
import { alice, carol, connecting, session } from "./samples";
import { button, draw, press, told, words } from "./testing";

const drawn = (part: Partial<Session> = {}): Promise<Connecting> =>
  draw(html` <parley-connecting .session=${{ ...connecting, ...part }} .me=${alice}></parley-connecting> `);

describe("A session to which the contact has not agreed", () => {
  it("says that it is connecting, and for how long (C11)", async () => {
    const text = words(await drawn());
    expect(text).toContain("Connecting to Carol Jones…");
    expect(text).toContain("Waiting for 00:08");
  });

  it("can be withdrawn (C12)", async () => {
    const shown = await drawn();
    const cancelled = told(shown, "parley-cancel");
    press(shown, "Cancel");
    expect(cancelled).toEqual([{ session: connecting.id }]);
  });

  it.each([
    ["declined", "Carol Jones has declined."],
    ["cancelled", "The request was withdrawn."],
  ] as const)("says what became of it: %s (C12)", async (state, sentence) => {
    const shown = await drawn({ state });
    expect(words(shown)).toContain(sentence);
    expect(words(shown)).toContain("No session has begun.");
    expect(button(shown, "Cancel")).toBeUndefined();
  });

  it("can be asked again on the same device, or put away", async () => {
    const shown = await drawn({ state: "declined" });
    const started = told(shown, "parley-start");
    const closed = told(shown, "parley-close");
    press(shown, "Ask again");
    press(shown, "Close");
    expect(started).toEqual([
      { contact: "c", name: "Carol Jones", company: "acme", device: "d7", with: "text" },
    ]);
    expect(closed).toHaveLength(2);
  });

  it("is no chat for the technician, and one for everybody once it has begun", () => {
    expect(Connecting.shows(connecting, alice)).toBe(true);
    expect(Connecting.shows({ ...connecting, state: "declined" }, alice)).toBe(true);
    expect(Connecting.shows(connecting, carol)).toBe(false);
    expect(Connecting.shows(session, alice)).toBe(false);
  });
});
