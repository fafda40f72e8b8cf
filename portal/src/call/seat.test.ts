import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Call, Party } from "../protocol/wire";
import type { PeerSignal } from "./peer";
import { Seat } from "./seat";
import { Connection, standIn, Stream, Track } from "./testing/browser";

const alice: Party = { id: "alice", peer: "her-page" };
const bob: Party = { id: "bob", peer: "bobs-page" };
const dave: Party = { id: "dave", peer: "his-page" };

let seat: Seat;
let told: string[];
let lost: number;
let microphone: Track;

const wait = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const among = (...parties: Party[]): Call => ({
  id: "c1",
  media: "voice",
  state: "answered",
  by: "alice",
  parties,
  rangAt: 1,
});
const offer: PeerSignal = { description: { type: "offer", sdp: "v=0" } };

beforeEach(async () => {
  vi.useFakeTimers();
  standIn();
  told = [];
  lost = 0;
  microphone = new Track("audio");
  seat = new Seat({
    call: "c1",
    peer: "bobs-page", // This is Bob's.
    media: new Stream([microphone]) as unknown as MediaStream,
    configure: () => Promise.resolve({}),
    signal: (to, signal) =>
      told.push(`${"description" in signal ? signal.description.type : "candidate"} to ${to}`),
    changed: () => undefined,
    pathChanged: () => undefined,
    lost: () => lost++,
  });
  await seat.prepare();
});

afterEach(() => {
  seat.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a seat in a call of three", () => {
  it("offers to those who came later, and lets those who came earlier offer", async () => {
    seat.attend(among(alice, bob, dave));
    await wait();
    expect(seat.remotes.map(({ id }) => id)).toEqual(["alice", "dave"]);
    expect(told).toEqual(["offer to his-page"]);
    seat.hear("her-page", offer);
    await wait();
    expect(told).toEqual(["offer to his-page", "answer to her-page"]);
  });

  it("lets go of one who leaves, and goes on with the other", async () => {
    seat.attend(among(alice, bob, dave));
    seat.attend(among(bob, dave));
    await wait();
    expect(seat.remotes.map(({ id }) => id)).toEqual(["dave"]);
    expect(Connection.all.map(({ connectionState }) => connectionState)).toEqual(["closed", "new"]);
  });

  it("is lost only when nobody is left", async () => {
    seat.attend(among(alice, bob, dave));
    Connection.all[0]?.becomes("connected");
    await wait(30_000);
    expect(seat.remotes.map(({ id }) => id)).toEqual(["alice"]);
    expect(lost).toBe(0);
    Connection.all[0]?.becomes("disconnected");
    await wait(30_000);
    expect(lost).toBe(1);
  });
});

describe("a seat", () => {
  it("keeps signals of one who is not known yet to be in the call, but not without end", async () => {
    for (let n = 0; n < 50; n++) seat.hear(`stranger-${n}`, offer);
    seat.hear("her-page", offer);
    seat.attend(among(alice, bob));
    await wait();
    expect(told).toEqual([]); // The eleventh stranger was not kept; she offers again when nothing comes.
    seat.hear("her-page", offer);
    await wait();
    expect(told).toEqual(["answer to her-page"]);
  });

  it("sends a camera that is opened later to everybody", async () => {
    seat.attend(among(alice, bob, dave));
    seat.hear("her-page", offer);
    await wait();
    seat.add(new Track("video") as unknown as MediaStreamTrack);
    expect(Connection.all.map(({ sent }) => sent.map(({ kind }) => kind))).toEqual([
      ["audio", "video"],
      ["audio", "video"],
    ]);
  });

  it("closes the microphone and everything when it is left", () => {
    seat.attend(among(alice, bob, dave));
    seat.close();
    expect(microphone.readyState).toBe("ended");
    expect(seat.signal.aborted).toBe(true);
    expect(seat.remotes).toEqual([]);
  });
});
