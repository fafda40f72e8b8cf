import { html } from "lit";
import { describe, expect, it } from "vitest";
import type { RosterRow, Session } from "../protocol/wire";
import "./device-card";
import type { DeviceCard } from "./device-card";
import { carol, devices, now, requested, rows, session } from "./samples";
import { all, draw, one, words } from "./testing";

const [, erinRow] = rows;
const erins = {
  ...session,
  contact: { ...carol, id: "e", name: "Erin" },
  device: { id: "ACME-WS-113", name: "ACME-WS-113" },
};
const card = (shown: Session, person: RosterRow | undefined): Promise<DeviceCard> =>
  draw(
    html`<parley-device-card
      .session=${shown}
      .person=${person}
      .devices=${devices}
      .ahead=${now - Date.now()}
    ></parley-device-card>`,
  );

describe("The device beside a chat (N21)", () => {
  it("tells its state, who is logged on and how long they have been idle, and where else they are", async () => {
    const shown = await card(erins, erinRow);
    expect(words(one(shown, "summary"))).toBe("ACME-WS-113 Online, user idle");
    expect(words(one(shown, "dl"))).toContain("Featherstonehaugh-Montgomery, idle for 25 minutes");
    expect(words(one(shown, "dl"))).toContain("Also logged on at ACME-LT-21");
    expect(words(one(shown, "[role=status]"))).toBe("");
  });

  it("moves with the contact to another of their devices, and says so", async () => {
    const person = erinRow && { ...erinRow, devices: [{ id: "ACME-LT-21", name: "ACME-LT-21" }] };
    const shown = await card(erins, person);
    expect(words(one(shown, "summary"))).toBe("ACME-LT-21 Online, remote control off");
    expect(words(one(shown, "[role=status]"))).toBe("Erin has left ACME-WS-113 and is at ACME-LT-21 now.");
  });

  it("stays at the session's device when the contact has gone from all of them", async () => {
    const person = erinRow && { ...erinRow, devices: [] };
    expect(words(one(await card(erins, person), "summary"))).toContain("ACME-WS-113");
  });

  it("is not there for a session at a portal, or a device of which nothing is known", async () => {
    expect(all(await card(requested, undefined), "details")).toEqual([]);
    expect(all(await card(session, undefined), "details")).toEqual([]);
  });
});
