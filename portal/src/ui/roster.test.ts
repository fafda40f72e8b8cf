import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import "./roster";
import type { RosterList } from "./roster";
import { alice, carol, device, devices, now, rows, session } from "./samples";
import { all, button, draw, one, oneOf, press, settled, told, words, write } from "./testing";

describe("The roster", () => {
  let roster: RosterList;

  beforeEach(async () => {
    roster = await draw(html`
      <parley-roster
        .contacts=${rows}
        .companies=${["acme", "globex"]}
        .now=${() => now}
        current
        direct
      ></parley-roster>
    `);
  });

  const choose = (id: string): void => {
    const select = oneOf(HTMLSelectElement, roster, "select[aria-label^=Device]");
    select.value = id;
    select.dispatchEvent(new Event("change"));
  };
  const names = (): string[] => all(roster, ".name").map((name) => words(name));

  it("lists everybody who is there by company, presence and name (B1)", () => {
    expect(names()).toEqual(["Carol Jones", "Erin Alexandra Featherstonehaugh-Montgomery", "Dave Miller"]);
    expect(all(roster, "h3").map((company) => words(company))).toEqual(["acme", "globex"]);
  });

  it("says presence in a word", () => {
    expect(all(roster, "parley-presence").map((mark) => words(mark))).toEqual(["Online", "Away", "Online"]);
  });

  it("leaves out who is offline, or was not confirmed in time", async () => {
    const [, erin, dave] = rows.map(({ id }) => id);
    roster.contacts = rows.map((row) => {
      if (row.id === erin) return { ...row, until: now - 1 };
      return row.id === dave ? { ...row, until: now + 1 } : { ...row, activity: "offline" };
    });
    await settled(roster);
    expect(names()).toEqual(["Dave Miller"]);
  });

  it("finds people by name and device, and by company", async () => {
    write(oneOf(HTMLInputElement, roster, "input"), "lt-07 car");
    await settled(roster);
    expect(names()).toEqual(["Carol Jones"]);
    write(oneOf(HTMLInputElement, roster, "input"), "");
    const select = oneOf(HTMLSelectElement, roster, "select");
    select.value = "globex";
    select.dispatchEvent(new Event("change"));
    await settled(roster);
    expect(names()).toEqual(["Dave Miller"]);
  });

  it("follows the group of a device, and finds the beginning of a word (B6)", async () => {
    roster.contacts = rows.map((row) => ({
      ...row,
      devices: row.devices.map((device) =>
        device.name === "ACME-LT-07" ? { ...device, group: "desks" } : device,
      ),
    }));
    await settled(roster);
    const select = oneOf(HTMLSelectElement, roster, "select");
    expect([...select.options].map(({ value }) => value)).toEqual(["", "acme", "acme/desks", "globex"]);
    select.value = "acme/desks";
    select.dispatchEvent(new Event("change"));
    await settled(roster);
    expect(names()).toEqual(["Carol Jones"]);
    select.value = "";
    select.dispatchEvent(new Event("change"));
    write(oneOf(HTMLInputElement, roster, "input"), "jon*");
    await settled(roster);
    expect(names()).toEqual(["Carol Jones"]);
    write(oneOf(HTMLInputElement, roster, "input"), "ones*");
    await settled(roster);
    expect(names()).toEqual([]);
  });

  it("offers nothing at a device without direct access to devices (A10)", async () => {
    roster.direct = false;
    await settled(roster);
    expect(button(roster, "Chat with Carol Jones")).toBeUndefined();
    expect(button(roster, "Chat with Dave Miller")).toBeDefined();
  });

  it("says what to do when nobody is found or nobody is there", async () => {
    write(oneOf(HTMLInputElement, roster, "input"), "zebra");
    await settled(roster);
    expect(words(one(roster, ".none"))).toContain("Nobody matches.");
    roster.contacts = [];
    await settled(roster);
    expect(words(one(roster, ".none"))).toContain("Nobody is logged on just now.");
  });

  it("starts by text, voice and video from the row (B4, E1, E2)", () => {
    const started = told(roster, "parley-start");
    press(roster, "Chat with Carol Jones");
    press(roster, "Call Carol Jones");
    press(roster, "Video call Carol Jones");
    expect(started.map((wish) => wish.with)).toEqual(["text", "voice", "video"]);
    expect(started[0]).toMatchObject({ contact: "c", company: "acme", device: "ACME-LT-07" });
  });

  it("lists every computer under the name, and starts on the one that was chosen (B3)", async () => {
    const started = told(roster, "parley-start");
    expect(all(roster, "parley-roster-row option").map((one) => words(one))).toEqual([
      "ACME-WS-113",
      "ACME-LT-21",
    ]);
    choose("ACME-LT-21");
    await settled(roster);
    press(roster, "Chat with Erin Alexandra Featherstonehaugh-Montgomery");
    expect(started).toMatchObject([{ device: "ACME-LT-21" }]);
  });

  it("forgets a choice when that computer is left, and names none at a portal (B3)", async () => {
    const started = told(roster, "parley-start");
    choose("ACME-LT-21");
    roster.contacts = rows.map((row) => ({ ...row, devices: row.devices.slice(0, 1) }));
    await settled(roster);
    press(roster, "Chat with Erin Alexandra Featherstonehaugh-Montgomery");
    press(roster, "Chat with Dave Miller");
    expect(started.map(({ device }) => device)).toEqual(["ACME-WS-113", undefined]);
  });

  it("shows the state of the device that is chosen, and the devices where nobody is (B7 to B15, B25)", async () => {
    roster.devices = devices;
    await settled(roster);
    const marks = (): (string | null)[] =>
      all(roster, "parley-device button").map((mark) => mark.getAttribute("aria-label"));
    expect(marks()).toEqual([
      "ACME-LT-07: Online, in use",
      "ACME-WS-113: Online, user idle",
      "ACME-PC-04: Online, first inventory running",
      "ACME-PC-01: Online, nobody logged on",
      "ACME-PC-03: Suspended",
      "ACME-PC-02: Offline",
      "ACME-PC-99: Never checked in",
    ]);
    choose("ACME-LT-21");
    await settled(roster);
    expect(marks()).toContain("ACME-LT-21: Online, remote control off");
    const started = told(roster, "parley-start");
    press(roster, "Chat at ACME-PC-01");
    expect(started).toMatchObject([{ contact: "", device: "acme-pc-01", name: "ACME-PC-01" }]);
  });

  it("offers to join the session that goes on with somebody, unless the reader is in it (B17)", async () => {
    roster.me = "another";
    roster.sessions = [session];
    await settled(roster);
    const joined = told(roster, "parley-join");
    press(roster, `Join session of ${carol.name}`);
    expect(joined).toEqual([{ session: session.id }]);
    roster.me = alice.id;
    await settled(roster);
    expect(all(roster, ".quiet")).toEqual([]);
  });

  it("draws only some of 10,000 devices, and finds any of them", async () => {
    const many = Array.from({ length: 10_000 }, (_, n) => device(`pc-${n}`));
    roster.devices = new Map(many.map((row) => [row.id, row]));
    await settled(roster);
    expect(all(roster, "parley-device-line").length).toBeLessThan(50);
    write(oneOf(HTMLInputElement, roster, "input"), "pc-9876");
    await settled(roster);
    expect(all(roster, "parley-device").map((mark) => words(mark))).toEqual(["PC-9876"]);
  });
});
