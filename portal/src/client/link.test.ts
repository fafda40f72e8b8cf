import { beforeEach, describe, expect, it } from "vitest";
import type { ParleyClient, ParleyOptions } from "./client";
import { Fault } from "./fault";
import { Clients, wait } from "./testing/clients";
import { dave, Refusal, type World } from "./testing/world";

let world: World;
let client: ParleyClient;
const clients = new Clients();
const connect = (rest: Partial<ParleyOptions> = {}): void => {
  clients.connect(rest);
  ({ client } = clients);
};
const kind = (): string => client.state.kind;

beforeEach(() => {
  ({ world } = clients);
});

describe("connecting", () => {
  it("offers the token as a subprotocol, never in the address", async () => {
    connect();
    await wait();
    expect(world.socket.url).toBe("wss://parley.example/live");
    expect(world.socket.protocols).toEqual(["parley", "token-1"]);
  });

  it("says hello first, and is open when it is welcome", async () => {
    connect();
    expect(kind()).toBe("connecting");
    await wait();
    expect(kind()).toBe("open");
    expect(world.asked[0]?.name).toBe("presence.hello");
    expect(client.me?.name).toBe("Alice Doe");
  });

  it("knows the service's clock", async () => {
    world.answers.set("presence.hello", () => ({
      you: dave,
      now: Date.now() + 5000,
      beatSeconds: 60,
      awaySeconds: 300,
      sessions: [],
    }));
    connect();
    await wait();
    expect(client.now()).toBe(Date.now() + 5000);
  });

  it("beats as often as it was told", async () => {
    connect();
    await wait(180_000);
    expect(world.heard("presence.beat")).toHaveLength(3);
  });

  it("is refused when the service does not know the caller, until it is told to try", async () => {
    world.answers.set("presence.hello", () => {
      throw new Refusal("unauthenticated", "The token has expired.");
    });
    connect();
    await wait(60_000);
    expect(client.state).toMatchObject({
      kind: "refused",
      fault: { code: "unauthenticated", message: "The token has expired." },
    });
    expect(world.sockets).toHaveLength(1);
    world.answers.clear();
    client.reconnect();
    await wait();
    expect(kind()).toBe("open");
  });

  it("is refused when whoever gives tokens says so", async () => {
    connect({ token: () => Promise.reject(new Fault("unauthenticated", "Log on again.")) });
    await wait();
    expect(client.state).toMatchObject({ kind: "refused", fault: { message: "Log on again." } });
  });

  it("tries again when the token could not be fetched", async () => {
    let offices = 0;
    connect({
      token: () => (++offices < 3 ? Promise.reject(new TypeError("Failed to fetch")) : Promise.resolve("t")),
    });
    await wait(2000);
    expect(kind()).toBe("open");
  });

  it("gives up a handshake that hangs", async () => {
    world.handshake = "hangs";
    connect();
    await wait(10_000);
    expect(kind()).toBe("waiting");
    expect(world.socket.over).toBe(true);
  });
});

describe("a service that is slow", () => {
  it("is reached though its functions take longer to start than a first try waits", async () => {
    world.handshakeTakes = 15_000;
    connect();
    await wait(10_000);
    expect(kind()).toBe("waiting");
    await wait(1_000 + 15_000);
    expect(kind()).toBe("open");
    expect(world.sockets).toHaveLength(2);
  });

  it("may take longer for its first answer than for others", async () => {
    world.fate = (what) => ({ kind: "arrives", after: what === "reply" ? 25_000 : 0 });
    connect();
    await wait(25_000);
    expect(kind()).toBe("open");
    expect(world.sockets).toHaveLength(1);
  });

  it("is not left for a beat without an answer, as long as anything comes from it", async () => {
    connect();
    await wait();
    world.answers.set("presence.beat", () => {
      throw new Refusal("silence", "");
    });
    await wait(60_000 + 5_000);
    world.push("session.queued", { session: "acme/9", place: 1 });
    await wait(5_000);
    expect(kind()).toBe("open");
    await wait(61_000);
    expect(world.sockets).toHaveLength(2); // The next beat met silence.
  });
});

describe("reconnecting", () => {
  beforeEach(async () => {
    connect();
    await wait();
  });

  it("tries fast at first, with a fresh token", async () => {
    world.socket.cut();
    expect(kind()).toBe("waiting");
    await wait(125); // Half of the first step, by the world's random.
    expect(kind()).toBe("open");
    expect(world.sockets.map(({ token }) => token)).toEqual(["token-1", "token-2"]);
  });

  it("tries more and more slowly while the service cannot be reached", async () => {
    world.handshake = "fails";
    world.socket.cut();
    await wait(125 + 250 + 500 + 1000);
    expect(world.sockets).toHaveLength(5);
    await wait(120_000);
    expect(world.sockets.length).toBeLessThan(16);
    world.handshake = "accepts";
    await wait(15_000);
    expect(kind()).toBe("open");
  });

  it("does not begin anew with fast tries when connections do not last", async () => {
    for (let times = 0; times < 8; times++) {
      world.socket.cut();
      await wait(9_000);
    }
    expect(world.sockets.length).toBeLessThan(9); // Eight cuts, each answered at once, would make nine.
  });

  it("closes when offline, and is back at once when the network is", async () => {
    world.goOffline();
    expect(kind()).toBe("waiting");
    await wait(5_000);
    expect(world.sockets).toHaveLength(1);
    world.goOnline();
    await wait();
    expect(kind()).toBe("open");
  });

  it("tries now and then even when the browser believes that it is offline", async () => {
    world.goOffline();
    await wait(30_000);
    expect(world.sockets).toHaveLength(2);
  });

  it("finds out by its beat that a connection is dead", async () => {
    world.fate = () => ({ kind: "lost" });
    await wait(60_000 + 10_000);
    world.fate = () => ({ kind: "arrives", after: 0 });
    await wait(125);
    expect(world.sockets).toHaveLength(2);
    expect(kind()).toBe("open");
  });

  it("does not connect any more after close()", async () => {
    client.close();
    expect(kind()).toBe("closed");
    world.goOnline();
    client.reconnect();
    await wait(60_000);
    expect(world.sockets).toHaveLength(1);
    expect(world.socket.over).toBe(true);
  });
});

describe("closing by a signal", () => {
  it("works before and after the connection is made", async () => {
    connect({ signal: AbortSignal.abort() });
    expect(kind()).toBe("closed");
    expect(world.sockets).toHaveLength(0);
    const stop = new AbortController();
    connect({ signal: stop.signal });
    await wait();
    stop.abort();
    expect(kind()).toBe("closed");
  });
});

describe("a command", () => {
  beforeEach(async () => {
    connect();
    await wait();
  });

  it("is matched with its reply, in whatever order replies come", async () => {
    let delay = 300;
    world.fate = (what) => ({ kind: "arrives", after: what === "reply" ? (delay -= 100) : 0 });
    world.answers.set("admin.set", ({ settings }) => settings);
    const settings = { retentionDays: 0, askManaged: false, askOnDemand: true, officeHours: {}, version: 0 };
    const replies = [1, 2].map((retentionDays) =>
      client.command("admin.set", { settings: { ...settings, retentionDays } }),
    );
    await wait(300);
    expect((await Promise.all(replies)).map(({ retentionDays }) => retentionDays)).toEqual([1, 2]);
  });

  it("rejects with the service's fault", async () => {
    world.answers.set("admin.show", () => {
      throw new Refusal("forbidden", "Only an administrator may see this.");
    });
    const refused = expect(client.command("admin.show", {})).rejects.toMatchObject({
      code: "forbidden",
      retryable: false,
    });
    await wait();
    await refused;
  });

  it("rejects when no reply comes in time, and the connection is looked after", async () => {
    world.fate = () => ({ kind: "lost" });
    const lost = expect(client.command("admin.show", {}, { timeout: 1000 })).rejects.toMatchObject({
      code: "unavailable",
    });
    await wait(1000);
    await lost;
    await wait(10_000);
    expect(kind()).not.toBe("open");
  });

  it("rejects at once when the connection is lost, and when there is none", async () => {
    world.fate = () => ({ kind: "lost" });
    const lost = expect(client.command("admin.show", {})).rejects.toMatchObject({ code: "unavailable" });
    world.socket.cut();
    await lost;
    await expect(client.command("admin.show", {})).rejects.toMatchObject({ code: "unavailable" });
  });

  it("is not sent when the gateway would close the connection for its size", async () => {
    const text = "\u0001".repeat(8000);
    await expect(
      client.command("message.post", { session: "s", message: "m", text, after: 0 }),
    ).rejects.toMatchObject({
      code: "too_large",
    });
    expect(kind()).toBe("open");
  });

  it("can be given up", async () => {
    const stop = new AbortController();
    world.fate = () => ({ kind: "lost" });
    const asked = client.command("admin.show", {}, { signal: stop.signal });
    stop.abort(new Error("not needed"));
    await expect(asked).rejects.toThrow("not needed");
  });

  it("overlooks frames that are none of ours", async () => {
    for (const frame of [
      "no JSON",
      "[]",
      "null",
      '{"message":"Internal server error"}',
      '{"push":"x.y"}',
      '{"id":99}',
    ]) {
      world.socket.dispatchEvent(new MessageEvent("message", { data: frame }));
    }
    await wait();
    expect(kind()).toBe("open");
  });
});
