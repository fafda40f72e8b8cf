import { html } from "lit";
import { describe, expect, it } from "vitest";
import { MediaFailure } from "../call/index";
import { Fault } from "../client/index";
import type { Call } from "../protocol/wire";
import type { CallPanel, CallView } from "./call-panel";
import { noCall } from "./call-panel";
import { alice, bob, calls, carol } from "./samples";
import { all, button, draw, one, press, told, words } from "./testing";

const names = new Map([
  [alice.id, alice.name],
  [bob.id, bob.name],
  [carol.id, carol.name],
]);
const callOf = (view: CallView | undefined): Call => {
  if (view?.phase.kind !== "connected") throw new Error("There is no call.");
  return view.phase.call;
};
const panelOf = (view: CallView | undefined): Promise<CallPanel> =>
  draw(html`
    <parley-call-panel
      session="acme/1"
      .view=${view}
      .names=${names}
      me="a"
      others="Carol Jones"
    ></parley-call-panel>
  `);
const over = (why: Extract<CallView["phase"], { kind: "over" }>["why"]): Promise<CallPanel> =>
  panelOf({ ...noCall, phase: { kind: "over", why } });

describe("The call panel", () => {
  it("shows nothing while there is no call", async () => {
    expect(words(await panelOf(noCall))).toBe("");
  });

  it("says who is calling, and takes yes or no for an answer", async () => {
    const panel = await panelOf(calls["ringing"]);
    const answers = told(panel, "parley-answer");
    expect(words(one(panel, "[role=alert]"))).toBe("Carol Jones is calling you (video).");
    press(panel, "Accept");
    press(panel, "Decline");
    expect(answers.map(({ accept }) => accept)).toEqual([true, false]);
  });

  it("lets the caller stop calling", async () => {
    const panel = await panelOf(calls["calling"]);
    const stops = told(panel, "parley-hang-up");
    expect(words(panel)).toContain("Calling Carol Jones…");
    press(panel, "Cancel call");
    expect(stops).toHaveLength(1);
  });

  it.each([
    ["local", "Direct (same network)"],
    ["direct", "Direct (internet)"],
    ["relayed", "Relayed through Parley"],
  ] as const)("names the path %s", async (path, badge) => {
    const phase = { ...calls["voice, same network"]?.phase, path } as CallView["phase"];
    expect(words(one(await panelOf({ ...noCall, phase }), ".badge"))).toBe(badge);
  });

  it("shows how long the call lasts, from the answer on", async () => {
    const panel = await panelOf(calls["voice, same network"]);
    expect(words(one(panel, "[role=timer]"))).toBe("01:23");
  });

  it("mutes, turns the camera, and hangs up", async () => {
    const panel = await panelOf(calls["video, internet"]);
    const microphone = told(panel, "parley-microphone");
    const camera = told(panel, "parley-camera");
    const stops = told(panel, "parley-hang-up");
    press(panel, "Mute");
    press(panel, "Camera");
    press(panel, "Hang up");
    expect(microphone).toEqual([{ session: "acme/1", on: false }]);
    expect(camera).toEqual([{ session: "acme/1", on: true }]);
    expect(stops).toHaveLength(1);
  });

  it("tells by the buttons what is off", async () => {
    const panel = await panelOf(calls["voice, relayed and muted"]);
    expect(button(panel, "Mute")?.getAttribute("aria-pressed")).toBe("true");
    expect(button(panel, "Camera")).toBeUndefined();
  });

  it("says why a call did not come about, and what to do", async () => {
    expect(words(await over({ kind: "declined" }))).toContain("Carol Jones declined the call.");
    expect(words(await over({ kind: "unanswered" }))).toContain("Nobody answered the call.");
    expect(words(await over({ kind: "lost" }))).toContain("a firewall on one side blocks Parley's relay");
    const refused = new MediaFailure("refused", "The browser does not allow the microphone.");
    expect(words(await over({ kind: "media", failure: refused }))).toContain("Allow the microphone");
    const fault = new Fault("unavailable", "The service does not answer.");
    expect(words(await over({ kind: "fault", fault }))).toContain("Wait a moment and call again.");
  });

  it("goes on ringing when the microphone was refused, and says so", async () => {
    const failure = new MediaFailure("busy", "The microphone is in use.");
    const panel = await panelOf({ ...(calls["ringing"] ?? noCall), failure });
    expect(button(panel, "Accept")?.disabled).toBe(false);
    expect(words(panel)).toContain("Close the other program");
  });

  it("ends one's own call on a page that may be gone, and nobody else's", async () => {
    const parties = (...ids: string[]): CallView => {
      const call = { ...callOf(calls["voice, same network"]), parties: ids.map((id) => ({ id, peer: id })) };
      return { ...noCall, phase: { kind: "elsewhere", call } };
    };
    const panel = await panelOf(parties("a", "c"));
    const stops = told(panel, "parley-hang-up");
    expect(words(panel)).toContain("You are in a voice call on another page.");
    press(panel, "Hang up");
    expect(stops).toHaveLength(1);
    const others = await panelOf(parties("b", "c"));
    expect(words(others)).toContain("Bob Baker and Carol Jones are in a voice call.");
    expect(button(others, "Hang up")).toBeUndefined();
  });

  it("takes the note away when it was read", async () => {
    const panel = await over({ kind: "declined" });
    const seen = told(panel, "parley-call-seen");
    press(panel, "Close this note");
    expect(seen).toEqual([{ session: "acme/1" }]);
  });

  it("leaves a call that ended as it should to the transcript", async () => {
    expect(all(await over({ kind: "ended" }), "p")).toEqual([]);
  });
});
