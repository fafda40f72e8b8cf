import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { prefer, preferences } from "../ui/preferences";
import { requested } from "../ui/samples";
import * as tone from "../ui/tone";
import { Alarm } from "./alarm";
import { notifying } from "./notify";
import { Shown } from "./testing/shown";

describe("The alarm", () => {
  let alarm: Alarm;
  let chosen: string[];
  let sounding: boolean;
  const played = vi.spyOn(tone, "playTone");
  const repeated = vi.spyOn(tone, "repeatTone");

  beforeEach(() => {
    chosen = [];
    sounding = false;
    Shown.become("granted");
    played.mockReset();
    repeated.mockReset().mockImplementation(() => {
      sounding = true;
      return () => (sounding = false);
    });
    prefer({ ...preferences(), tone: true });
    alarm = new Alarm(
      ({ contact, problem }) => ({ title: `${contact.name} asks for help`, body: problem ?? "" }),
      (session) => chosen.push(session),
    );
  });
  afterEach(() => vi.unstubAllGlobals());

  const hidden = (is: boolean): void => {
    vi.spyOn(document, "hidden", "get").mockReturnValue(is);
  };

  it("is one tone for what is new while the page is looked at (C26)", () => {
    hidden(false);
    alarm.heed([requested]);
    alarm.heed([requested]);
    expect(played).toHaveBeenCalledTimes(1);
    expect(sounding).toBe(false);
    expect(Shown.all).toEqual([]);
  });

  it("sounds on while the page is hidden, until somebody has answered (C26)", () => {
    hidden(true);
    alarm.heed([requested]);
    alarm.heed([requested]);
    expect(repeated).toHaveBeenCalledTimes(1);
    expect(sounding).toBe(true);
    alarm.heed([]);
    expect(sounding).toBe(false);
  });

  it("is quiet as soon as the page is looked at (C26)", () => {
    hidden(true);
    alarm.heed([requested]);
    hidden(false);
    alarm.heed([requested]);
    expect(sounding).toBe(false);
    expect(Shown.all.map(({ closed }) => closed)).toEqual([true]);
  });

  it("notifies of each request once while the page is hidden, until somebody has answered (C26, P1)", () => {
    hidden(true);
    alarm.heed([requested]);
    alarm.heed([requested]);
    expect(Shown.all).toMatchObject([
      { title: "Dave Miller asks for help", options: { body: requested.problem }, closed: false },
    ]);
    alarm.stop();
    expect(Shown.all[0]?.closed).toBe(true);
  });

  it("leads to the session whose notification is pressed", () => {
    hidden(true);
    vi.spyOn(window, "focus").mockImplementation(() => undefined);
    alarm.heed([requested]);
    Shown.all[0]?.onclick?.();
    expect(chosen).toEqual([requested.id]);
  });

  it("asks for no notification, and shows none where they were not allowed", () => {
    hidden(true);
    Shown.permission = "default";
    alarm.heed([requested]);
    expect(Shown.all).toEqual([]);
    expect(notifying()).toBe("default");
    vi.stubGlobal("Notification", undefined);
    expect(notifying()).toBe("none");
  });

  it("makes no sound where tones are turned off (H1)", () => {
    prefer({ ...preferences(), tone: false });
    hidden(true);
    alarm.heed([requested]);
    expect(sounding).toBe(false);
  });
});
