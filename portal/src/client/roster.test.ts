import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DeviceRow, RosterRow } from "../protocol/wire";
import { ParleyClient } from "./client";
import { alice, aSession, dave, Refusal, World } from "./testing/world";

let world: World;
let client: ParleyClient;
let rows: RosterRow[];
let devices: DeviceRow[];

const wait = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const row = (rest: Partial<RosterRow> = {}): RosterRow => ({
  ...dave,
  company: "acme",
  activity: "online",
  devices: [{ id: "d7", name: "ACME-LT-07" }],
  activeAt: Date.now(),
  until: Date.now() + 90 * 60_000,
  ...rest,
});
const device = (id: string, rest: Partial<DeviceRow> = {}): DeviceRow => ({
  id,
  name: "ACME",
  company: "acme",
  users: [],
  checkedAt: Date.now(),
  until: Date.now() + 90 * 60_000,
  state: "online",
  ...rest,
});
const shown = (): string[] =>
  [...client.roster.contacts.values()].map(({ name, activity }) => `${name}: ${activity}`);

beforeEach(async () => {
  vi.useFakeTimers();
  world = new World();
  rows = [row()];
  devices = [];
  world.answers.set("presence.watch", () => ({
    contacts: rows,
    devices,
    technicians: [],
    sessions: [],
    more: false,
  }));
  world.answers.set("presence.list", () => ({ contacts: rows, devices }));
  client = new ParleyClient({
    url: "wss://x",
    token: () => Promise.resolve("t"),
    environment: world.environment,
  });
  await wait();
});

afterEach(() => {
  client.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe("the roster", () => {
  it("shows who is there, and follows every change", async () => {
    void client.roster.watch(["acme"]);
    await wait();
    expect(shown()).toEqual(["Dave Miller: online"]);
    world.push("presence.changed", { contact: row({ activity: "away" }) });
    world.push("presence.changed", { contact: row({ id: "eve", name: "Eve Stone" }) });
    await wait();
    expect(shown()).toEqual(["Dave Miller: away", "Eve Stone: online"]);
  });

  it("shows one who was not confirmed for 90 minutes as offline (B2)", async () => {
    void client.roster.watch(["acme"]);
    await wait(90 * 60_000 - 1);
    expect(shown()).toEqual(["Dave Miller: online"]);
    await wait(1);
    expect(shown()).toEqual(["Dave Miller: offline"]);
  });

  it("asks again before somebody runs out, so that who stays is not lost (B2)", async () => {
    const term = 10 * 60_000;
    rows = [row({ until: Date.now() + term })];
    void client.roster.watch(["acme"]);
    await wait(term - 60_000);
    rows = [row({ until: Date.now() + term })]; // Confirmed, which is no news.
    world.answers.set("presence.list", () => ({ contacts: rows, devices }));
    await wait(term - 120_000);
    expect(shown()).toEqual(["Dave Miller: online"]);
    rows = [];
    await wait(term);
    expect(shown()).toEqual([]);
  });

  it("reads a long list by pages, and says so meanwhile", async () => {
    world.answers.set("presence.watch", () => ({
      contacts: rows,
      devices: [],
      next: "1",
      technicians: [],
      sessions: [],
      more: false,
    }));
    world.answers.set("presence.list", ({ after }) =>
      after === "1"
        ? { contacts: [row({ id: "eve", name: "Eve Stone" })], devices: [device("d7")], next: "2" }
        : { contacts: [], devices: [device("d9")] },
    );
    world.fate = (what) => ({ kind: "arrives", after: what === "reply" ? 50 : 0 });
    void client.roster.watch(["acme"]);
    await wait(50);
    expect([client.roster.loading, shown().length]).toEqual([true, 1]);
    world.push("presence.changed", { device: device("d7", { name: "NEW" }) });
    await wait(100);
    expect([client.roster.loading, shown().length]).toEqual([false, 2]);
    expect([...client.roster.devices.values()].map(({ id, name }) => `${id} ${name}`)).toEqual([
      "d7 NEW",
      "d9 ACME",
    ]);
  });

  it("forgets who is on no page any more, but not who came while it was read", async () => {
    devices = [device("d7"), device("d9")];
    void client.roster.watch(["acme"]);
    await wait();
    devices = [device("d7")];
    rows = [];
    world.fate = (what) => ({ kind: "arrives", after: what === "reply" ? 50 : 0 });
    await wait(8 * 60_000);
    world.push("presence.changed", { contact: row({ id: "eve", name: "Eve Stone" }), device: device("d11") });
    await wait(50);
    expect(shown()).toEqual(["Eve Stone: online"]);
    expect([...client.roster.devices.keys()]).toEqual(["d7", "d11"]);
  });

  it("is asked again after a reconnect, and says so in between", async () => {
    void client.roster.watch(["acme"]);
    await wait();
    rows = [row({ activity: "away" }), row({ id: "eve", name: "Eve Stone" })];
    world.socket.cut();
    expect(client.roster.current).toBe(false);
    await wait(200);
    expect(client.roster.current).toBe(true);
    expect(shown()).toEqual(["Dave Miller: away", "Eve Stone: online"]);
  });

  it("remembers while offline what to watch", async () => {
    world.goOffline();
    await client.roster.watch(["acme"]);
    expect(world.heard("presence.watch")).toEqual([]);
    world.goOnline();
    await wait();
    expect(world.heard("presence.watch").map(({ data }) => data)).toEqual([{ companies: ["acme"] }]);
  });

  it("keeps a push that overtakes the reply", async () => {
    world.fate = (what) => ({ kind: "arrives", after: what === "reply" ? 50 : 0 });
    void client.roster.watch(["acme"]);
    await wait();
    world.push("presence.changed", { contact: row({ activity: "away" }) });
    await wait(50);
    expect(shown()).toEqual(["Dave Miller: away"]);
  });

  it("tells why the service refuses", async () => {
    world.answers.set("presence.watch", () => {
      throw new Refusal("forbidden", "This company is not in your scope.");
    });
    const refused = expect(client.roster.watch(["other"])).rejects.toThrow("not in your scope");
    await wait();
    await refused;
  });

  it("asks again by itself when the service is not available", async () => {
    let tries = 0;
    world.answers.set("presence.watch", () => {
      if (++tries < 3) throw new Refusal("unavailable", "Later.");
      return { contacts: rows, devices, technicians: [], sessions: [], more: false };
    });
    void client.roster.watch(["acme"]);
    await wait(5000);
    expect(client.roster.current).toBe(true);
  });

  it("lists technicians until they log off", async () => {
    void client.roster.watch(["acme"]);
    await wait();
    world.push("presence.changed", { technician: { ...alice, availability: "busy" } });
    await wait();
    expect([...client.roster.technicians.values()]).toMatchObject([
      { name: "Alice Doe", availability: "busy" },
    ]);
    world.push("presence.changed", { technician: { ...alice, availability: "offline" } });
    await wait();
    expect(client.roster.technicians.size).toBe(0);
  });

  it("lists the sessions of the companies, and never goes back to an earlier state", async () => {
    void client.roster.watch(["acme"]);
    await wait();
    const others = { participants: [{ ...dave, joined: true }] };
    const states = (): string[] => [...client.roster.sessions.values()].map(({ state }) => state);
    world.push("session.changed", { session: aSession({ ...others, state: "active", version: 2 }) });
    world.push("session.changed", { session: aSession({ ...others, state: "requested", version: 1 }) });
    world.push("session.changed", { session: aSession({ ...others, id: "else/1", company: "else" }) });
    await wait();
    expect(states()).toEqual(["active"]);
    world.push("session.changed", { session: aSession({ ...others, state: "ended", version: 3 }) });
    await wait();
    expect(states()).toEqual([]);
  });
});
