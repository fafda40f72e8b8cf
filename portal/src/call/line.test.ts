import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { alice, dave, Refusal, type Fate, type World } from "../client/testing/world";
import type { Call } from "../protocol/wire";
import type { CallLine } from "./line";
import { Connection, standIn, type Stream } from "./testing/browser";
import { aCall, his, Telephone } from "./testing/telephone";

let phone: Telephone;
let line: CallLine;
let world: World;
let opened: Stream[];
let window: EventTarget;

const soon: Fate = { kind: "arrives", after: 0 };
const wait = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

beforeEach(async () => {
  vi.useFakeTimers();
  ({ opened, window } = standIn());
  phone = new Telephone();
  await phone.load();
  ({ line, world } = phone);
});

afterEach(() => {
  phone.close();
  expect(vi.getTimerCount(), "timers after close()").toBe(0);
  expect(
    opened.flatMap((stream) => stream.getTracks()).filter(({ readyState }) => readyState === "live"),
  ).toEqual([]);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("calling", () => {
  it("asks for the microphone, then rings", async () => {
    void line.call("voice");
    expect(line.phase).toEqual({ kind: "asking", media: "voice" });
    await wait();
    expect(line.phase.kind).toBe("calling");
    expect(phone.rung).toMatchObject({ session: "acme/1", media: "voice" });
  });

  it("connects through the servers that it got, in the way that was asked for", async () => {
    await phone.calls("video", dave);
    expect(line.phase.kind).toBe("connecting");
    expect(Connection.all[0]?.configuration).toEqual({
      iceServers: [{ urls: ["turn:relay"] }],
      iceTransportPolicy: "relay",
    });
    expect(line.remotes).toMatchObject([{ id: "dave", peer: "his-page" }]);
    Connection.all[0]?.becomes("connected");
    await wait();
    expect(line.phase.kind).toBe("connected");
    expect(world.heard("call.signal")[0]?.data).toMatchObject({
      to: "his-page",
      signal: { description: { type: "offer" } },
    });
  });

  it("tells which way the media takes (N1)", async () => {
    await phone.calls("voice", dave);
    const connection = Connection.all[0];
    connection?.stats.set("L", { id: "L", type: "local-candidate", candidateType: "relay" });
    connection?.stats.set("P", {
      id: "P",
      type: "candidate-pair",
      localCandidateId: "L",
      remoteCandidateId: "L",
      selected: true,
    });
    connection?.becomes("connected");
    await wait();
    expect(line.phase).toMatchObject({ kind: "connected", path: "relayed" });
    expect(world.heard("call.report").map(({ data }) => data["path"])).toEqual(["relayed"]);
    void line.hangUp();
    await wait();
    expect(world.heard("call.leave")[0]?.data).toMatchObject({ path: "relayed" });
    expect(line.phase).toEqual({ kind: "idle" });
  });

  it("shows that it was declined", async () => {
    void line.call("voice");
    await wait();
    phone.becomes(undefined, "call_declined", dave, phone.rung.call);
    await wait();
    expect(line.phase).toMatchObject({ kind: "over", why: { kind: "declined" } });
    line.dismiss();
    expect(line.phase).toEqual({ kind: "idle" });
  });

  it("gives up after a minute", async () => {
    void line.call("voice");
    await wait(60_000);
    expect(line.phase).toMatchObject({ kind: "over", why: { kind: "unanswered" } });
    expect(world.heard("call.leave")).toHaveLength(1);
  });

  it("does not ring without a microphone", async () => {
    vi.stubGlobal("navigator", { onLine: true });
    void line.call("voice");
    await wait();
    expect(line.phase).toMatchObject({ kind: "over", why: { kind: "media", failure: { kind: "insecure" } } });
    expect(world.heard("call.ring")).toEqual([]);
  });

  it("shows why the service refuses, and closes the microphone", async () => {
    world.answers.set("call.ring", () => {
      throw new Refusal("conflict", "There is nobody else in this session to call.");
    });
    void line.call("voice");
    await wait();
    expect(line.phase).toMatchObject({ kind: "over", why: { kind: "fault", fault: { code: "conflict" } } });
    expect(line.localStream).toBeUndefined();
  });

  it("rings again with the same id when no answer came from the service", async () => {
    const fates: Fate[] = [{ kind: "cut" }];
    world.fate = (what) =>
      (what === "reply" && world.heard("call.ring").length > 0 ? fates.shift() : undefined) ?? soon;
    void line.call("voice");
    await wait(5_000);
    expect(line.phase.kind).toBe("calling");
    expect(new Set(world.heard("call.ring").map(({ data }) => data["call"])).size).toBe(1);
  });

  it("is lost when no way is found, and leaves", async () => {
    await phone.calls("voice", dave);
    await wait(30_000);
    expect(line.phase).toMatchObject({ kind: "over", why: { kind: "lost" } });
    expect(world.heard("call.leave")).toHaveLength(1);
  });
});

describe("being called", () => {
  const rings = async (media: Call["media"] = "voice"): Promise<void> => {
    phone.becomes(aCall("ringing", [his], { media }), "call_rang", dave);
    await wait();
  };

  it("rings, and connects once it is answered", async () => {
    await rings();
    expect(line.phase).toMatchObject({ kind: "ringing", answering: false });
    void line.answer();
    expect(line.phase).toMatchObject({ kind: "ringing", answering: true });
    await wait();
    expect(line.phase.kind).toBe("connecting");
    expect(world.heard("call.signal")).toEqual([]); // Who answers leaves the first offer to the other.
  });

  it("uses signals that come before the service has said that it is in the call", async () => {
    await rings();
    const tell = world.answers.get("call.answer");
    world.answers.set("call.answer", (data) => {
      const signal = { description: { type: "offer", sdp: "v=0" } };
      world.push("call.signalled", {
        session: "acme/1",
        call: "c1",
        peer: "his-page",
        to: data["peer"],
        signal,
      });
      return tell?.(data);
    });
    void line.answer();
    await wait();
    expect(world.heard("call.signal")[0]?.data).toMatchObject({
      to: "his-page",
      signal: { description: { type: "answer" } },
    });
  });

  it("hears only signals for this page and this call", async () => {
    await rings();
    void line.answer();
    await wait();
    const to = world.heard("call.answer")[0]?.data["peer"];
    const signal = { description: { type: "offer", sdp: "v=0" } };
    world.push("call.signalled", { session: "acme/1", call: "c1", peer: "his-page", to: "another", signal });
    world.push("call.signalled", { session: "acme/1", call: "c0", peer: "his-page", to, signal });
    world.push("call.signalled", { session: "acme/1", call: "c1", peer: "his-page", to, signal: "nonsense" });
    await wait();
    expect(world.heard("call.signal")).toEqual([]);
  });

  it("stops ringing when another page of the same person answers", async () => {
    await rings();
    phone.becomes(aCall("answered", [his, { id: "alice", peer: "her-other-page" }]), "call_answered", alice);
    await wait();
    expect(line.phase.kind).toBe("elsewhere");
  });

  it("stops ringing when it is declined", async () => {
    await rings();
    void line.decline();
    expect(line.phase).toEqual({ kind: "idle" });
    await wait();
    expect(world.heard("call.answer")[0]?.data).toMatchObject({ call: "c1", accept: false });
  });

  it("stops ringing for who declined, though it rings on for a third (E1)", async () => {
    world.answers.set("call.answer", ({ call }) => {
      const session = phone.becomes(aCall("ringing", [his]), "call_declined", alice, String(call));
      return { session, seq: session.version };
    });
    await rings();
    void line.decline();
    await wait(30_000);
    expect(line.phase).toEqual({ kind: "idle" });
    phone.close();
    await phone.load();
    await wait(1_000);
    expect(phone.line.phase).toEqual({ kind: "idle" });
    ({ line } = phone);
  });

  it("rings on when there is no microphone, so that it can be tried again", async () => {
    await rings();
    vi.stubGlobal("navigator", { onLine: true });
    void line.answer();
    await wait();
    expect(line.failure?.kind).toBe("insecure");
    expect(line.phase).toMatchObject({ kind: "ringing", answering: false });
  });

  it("answers a video call without a camera with the voice alone", async () => {
    ({ opened } = standIn(false));
    await rings("video");
    void line.answer();
    await wait();
    expect(line.phase.kind).toBe("connecting");
    expect(line.cameraOff).toBe(true);
  });
});

describe("in a call", () => {
  beforeEach(async () => {
    await phone.calls("video", dave);
    Connection.all[0]?.becomes("connected");
  });

  it("turns microphone and camera off and on", () => {
    expect([line.muted, line.cameraOff]).toEqual([false, false]);
    line.mute(true);
    line.turnCamera(false);
    expect([line.muted, line.cameraOff]).toEqual([true, true]);
    line.mute(false);
    line.turnCamera(true);
    expect([line.muted, line.cameraOff]).toEqual([false, false]);
  });

  it("talks on while the connection to the service is cut", async () => {
    world.socket.cut();
    expect(line.phase.kind).toBe("connected");
    await wait(200);
    expect(line.phase.kind).toBe("connected");
    expect(Connection.all[0]?.restarts).toBe(0);
  });

  it("looks for a way again after a cut in which signals were lost", async () => {
    Connection.all[0]?.becomes("disconnected");
    world.socket.cut();
    await wait(200);
    expect(line.phase.kind).toBe("connecting");
    expect(world.heard("call.signal").length).toBeGreaterThan(1);
  });

  it("is over when the other side leaves", async () => {
    phone.becomes(undefined, "call_ended", dave, phone.rung.call);
    await wait();
    expect(line.phase).toMatchObject({ kind: "over", why: { kind: "ended" } });
    expect(Connection.all[0]?.connectionState).toBe("closed");
  });

  it("leaves when the line is closed, even while cut off", async () => {
    world.socket.cut();
    line.close();
    await wait(200);
    expect(world.heard("call.leave")).toHaveLength(1);
  });
  it("leaves when the page goes away", async () => {
    window.dispatchEvent(new Event("pagehide"));
    await wait();
    expect(world.heard("call.leave")).toHaveLength(1);
  });
});
