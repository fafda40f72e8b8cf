import { beforeEach, describe, expect, it } from "vitest";
import type { ParleyClient, ParleyOptions } from "./client";
import { Clients, wait } from "./testing/clients";
import { alice, aSession, dave, Refusal, type World } from "./testing/world";

let world: World;
let client: ParleyClient;
const clients = new Clients();
const connect = (rest: Partial<ParleyOptions> = {}): void => {
  clients.connect(rest);
  ({ client } = clients);
};

beforeEach(() => {
  ({ world } = clients);
});

describe("presence", () => {
  it("tells an end user's absence and return, and again after a reconnect", async () => {
    world.me = dave;
    connect();
    await wait(300_000);
    expect(world.heard("presence.report").map(({ data }) => data)).toEqual([{ activity: "away" }]);
    world.socket.cut();
    await wait(200);
    expect(world.heard("presence.hello").map(({ data }) => data)).toEqual([
      { activity: "online" },
      { activity: "away" },
    ]);
    client.activity.seen();
    await wait();
    expect(world.heard("presence.report")).toHaveLength(2);
  });

  it("never tells of a technician's activity", async () => {
    connect();
    await wait(600_000);
    expect(world.heard("presence.report")).toEqual([]);
  });

  it("sets a technician's availability, and follows it from another page", async () => {
    connect();
    await wait();
    const told: string[] = [];
    client.addEventListener("availability", ({ detail }) => told.push(detail));
    void client.setAvailability("busy");
    await wait();
    world.push("presence.changed", { technician: { ...client.me, availability: "away" } });
    await wait();
    expect(told).toEqual(["busy", "away"]);
    expect(client.availability).toBe("away");
  });
});

describe("sessions", () => {
  it("are resumed after the welcome, and told", async () => {
    world.sessions = [aSession()];
    world.adds({ text: "Hello?" });
    connect();
    const told: string[] = [];
    client.addEventListener("session", ({ detail }) => told.push(detail.id));
    await wait();
    expect(told).toEqual(["acme/1"]);
    expect(client.sessions.get("acme/1")?.entries.map(({ text }) => text)).toEqual(["Hello?"]);
  });

  it("that begin later are resumed from the start", async () => {
    connect();
    await wait();
    world.push("session.changed", { session: aSession(), entry: world.adds({ kind: "started", by: dave }) });
    await wait();
    expect(world.heard("message.resume").map(({ data }) => data)).toEqual([{ session: "acme/1", after: 0 }]);
    expect(client.sessions.get("acme/1")?.entries).toHaveLength(1);
  });

  it("of which every push was lost are known at the next beat (N3)", async () => {
    connect();
    await wait();
    world.answers.set("presence.beat", ({ known }) =>
      (known as string[]).includes("acme/1") ? {} : { sessions: [aSession(), offered] },
    );
    const offered = aSession({ id: "acme/2", participants: [], transfer: { to: alice, by: dave } });
    world.adds({ text: "Hello?" });
    await wait(60_000);
    expect([...client.sessions.keys()]).toEqual(["acme/1"]);
    expect(client.sessions.get("acme/1")?.entries).toHaveLength(1);
    expect(client.offers.map(({ id }) => id)).toEqual(["acme/2"]);
    await wait(60_000);
    expect(world.heard("presence.beat").map(({ data }) => data["known"])).toEqual([[], ["acme/1", "acme/2"]]);
    expect(world.heard("message.resume")).toHaveLength(1);
  });

  it("of others, which a technician only watches, are not", async () => {
    connect();
    await wait();
    world.push("session.changed", { session: aSession({ participants: [{ ...dave, joined: true }] }) });
    await wait();
    expect(client.sessions.size).toBe(0);
  });

  it("begin with an id of the client's own, the same over all tries", async () => {
    connect();
    await wait();
    let tries = 0;
    world.answers.set("session.start", () => {
      if (++tries < 3) throw new Refusal("unavailable", "Later.");
      return { session: aSession(), seq: 1 };
    });
    const started = client.start({ id: "dave", company: "acme" }, "d7");
    await wait(10_000);
    expect((await started).id).toBe("acme/1");
    const asked = world.heard("session.start").map(({ data }) => data);
    expect(asked).toHaveLength(3);
    expect(new Set(asked.map(({ session }) => session)).size).toBe(1);
    expect(asked[0]).toMatchObject({ contact: "dave", device: "d7" });
    expect(asked[0]?.["session"]).toMatch(/^acme\/[0-9a-f-]{36}$/);
  });

  it("are not begun again when the service says no", async () => {
    connect();
    await wait();
    world.answers.set("session.start", () => {
      throw new Refusal("conflict", "Dave Miller is away.");
    });
    const refused = expect(client.start({ id: "dave", company: "acme" })).rejects.toThrow(
      "Dave Miller is away.",
    );
    await wait(10_000);
    await refused;
    expect(world.heard("session.start")).toHaveLength(1);
  });

  it("can be opened by their id", async () => {
    world.adds({ kind: "ended", by: dave });
    connect();
    await wait();
    const opened = client.open("acme/1");
    const unknown = expect(client.open("acme/2")).rejects.toThrow("No such session.");
    await wait();
    expect((await opened).entries).toHaveLength(1);
    await unknown;
    expect(world.heard("message.resume")).toHaveLength(2);
  });

  it("can be let go of, and come back with their news", async () => {
    world.sessions = [aSession()];
    connect();
    await wait();
    client.forget("acme/1");
    expect(client.sessions.size).toBe(0);
    world.says("Are you still there?");
    await wait();
    expect(client.sessions.get("acme/1")?.entries).toHaveLength(1);
  });
});
