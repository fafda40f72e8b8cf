import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Peer, type PeerSignal } from "./peer";
import { Connection, standIn, Stream, Track } from "./testing/browser";

let said: PeerSignal[];
let lost: number;
let refreshed: number;
let peer: Peer;

const wait = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const connection = (): Connection => {
  const last = Connection.all.at(-1);
  if (last === undefined) throw new Error("no connection was made");
  return last;
};
const make = (polite: boolean): void => {
  peer = new Peer({
    polite,
    configuration: {},
    media: new Stream([new Track("audio")]) as unknown as MediaStream,
    signal: (signal) => said.push(signal),
    refresh: () => Promise.resolve({ iceServers: [{ urls: [`turn:${++refreshed}`] }] }),
    changed: () => undefined,
    lost: () => lost++,
  });
};
const types = (): string[] =>
  said.map((signal) => ("description" in signal ? signal.description.type : "candidate"));
const description = (type: "offer" | "answer", ufrag: string): PeerSignal => ({
  description: { type, sdp: `v=0\r\na=ice-ufrag:${ufrag}\r\n` },
});
const candidate = (name: string, usernameFragment: string): PeerSignal => ({
  candidate: { candidate: name, usernameFragment },
});

beforeEach(() => {
  vi.useFakeTimers();
  standIn();
  said = [];
  lost = refreshed = 0;
});

afterEach(() => {
  peer.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("negotiating", () => {
  it("makes the first offer where it rang, and none where it answered", async () => {
    make(false);
    await wait();
    expect(types()).toEqual(["offer"]);
    peer.close();
    said = [];
    make(true);
    await wait();
    expect(types()).toEqual([]);
  });

  it("answers an offer, and sends its own tracks with the answer", async () => {
    make(true);
    peer.take(description("offer", "theirs"));
    await wait();
    expect(types()[0]).toBe("answer");
    expect(connection().sent).toHaveLength(1);
  });

  it("ignores an offer that collides with its own, unless it is polite", async () => {
    make(false);
    await wait();
    peer.take(description("offer", "theirs"));
    await wait();
    expect(connection().remoteDescription).toBeNull();
    expect(types()).toEqual(["offer"]);
  });

  it("overlooks an answer that comes twice", async () => {
    make(false);
    await wait();
    peer.take(description("answer", "theirs"));
    peer.take(description("answer", "theirs"));
    await wait();
    expect(connection().signalingState).toBe("stable");
  });
});

describe("candidates", () => {
  it("that overtake their description wait for it", async () => {
    make(true);
    peer.take(candidate("one", "theirs"));
    peer.take(candidate("two", "theirs"));
    await wait();
    expect(connection().candidates).toEqual([]);
    peer.take(description("offer", "theirs"));
    await wait();
    expect(connection().candidates).toEqual(["one", "two"]);
  });

  it("of a restart wait for the new description", async () => {
    make(true);
    peer.take(description("offer", "first"));
    peer.take(candidate("late", "second"));
    peer.take(candidate("now", "first"));
    await wait();
    expect(connection().candidates).toEqual(["now"]);
    peer.take(description("offer", "second"));
    await wait();
    expect(connection().candidates).toEqual(["now", "late"]);
  });

  it("are not collected without end", async () => {
    make(true);
    for (let n = 0; n < 500; n++) peer.take(candidate(`${n}`, "theirs"));
    peer.take(description("offer", "theirs"));
    await wait();
    expect(connection().candidates).toHaveLength(100);
  });
});

describe("a connection that does not come about", () => {
  it("is looked for again with fresh credentials, and is lost after 30 seconds", async () => {
    make(false);
    await wait();
    peer.take(description("answer", "theirs"));
    await wait(8_000);
    expect(connection().restarts).toBe(1);
    expect(connection().configuration).toEqual({ iceServers: [{ urls: ["turn:1"] }] });
    await wait(21_999);
    expect(lost).toBe(0);
    await wait(1);
    expect(lost).toBe(1);
  });

  it("says its offer again when no answer came", async () => {
    make(false);
    await wait(8_000);
    expect(types()).toEqual(["offer", "offer"]);
    expect(connection().restarts).toBe(0);
  });

  it("is looked for again when the service is back", async () => {
    make(false);
    await wait();
    peer.recover();
    await wait();
    expect(types()).toEqual(["offer", "offer"]);
  });
});

describe("a connection that fails later", () => {
  beforeEach(async () => {
    make(false);
    await wait();
    peer.take(description("answer", "theirs"));
    await wait();
    connection().becomes("connected");
  });

  it("is not looked for while it is there", async () => {
    peer.recover();
    await wait(60_000);
    expect(connection().restarts).toBe(0);
    expect(lost).toBe(0);
  });

  it("is restarted at once when it failed", async () => {
    connection().becomes("failed");
    await wait();
    expect(connection().restarts).toBe(1);
    connection().becomes("connected");
    await wait(60_000);
    expect(lost).toBe(0);
  });

  it("has time to come back by itself when it was only interrupted", async () => {
    connection().becomes("disconnected");
    await wait(7_999);
    expect(connection().restarts).toBe(0);
    connection().becomes("connected");
    await wait(60_000);
    expect(connection().restarts).toBe(0);
  });

  it("tells the new path after a change", async () => {
    const pair = (type: string): Map<string, unknown> =>
      new Map<string, unknown>([
        ["L", { id: "L", type: "local-candidate", candidateType: type, address: "10.0.0.1" }],
        ["R", { id: "R", type: "remote-candidate", candidateType: "host", address: "10.0.0.2" }],
        [
          "P",
          { id: "P", type: "candidate-pair", localCandidateId: "L", remoteCandidateId: "R", selected: true },
        ],
      ]);
    connection().stats = pair("host");
    await wait(5_000);
    expect(peer.path).toBe("local");
    connection().stats = pair("relay");
    await wait(5_000);
    expect(peer.path).toBe("relayed");
  });
});
