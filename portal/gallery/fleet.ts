import { html, type TemplateResult } from "lit";
import type { DeviceRow, RosterRow } from "../src/protocol/wire";
import "../src/ui/roster";
import { device, now } from "../src/ui/samples";

const size = 10_000;

/** A roster of 10,000 devices, on half of which somebody is logged on. */
export function fleet(): TemplateResult {
  const devices = new Map<string, DeviceRow>();
  const contacts: RosterRow[] = [];
  for (let n = 0; n < size; n++) {
    const id = `pc-${String(n).padStart(5, "0")}`;
    const name = `User ${String((n * 7919) % size).padStart(5, "0")}`;
    const users = n % 2 === 0 ? [{ id: `u${n}`, name, activeAt: now }] : [];
    const row = device(id, { users, until: now + 60 * 60_000 });
    devices.set(id, row);
    if (users.length === 0) continue;
    contacts.push({
      id: `u${n}`,
      name,
      role: "contact",
      company: "acme",
      activity: "online",
      devices: [{ id, name: row.name }],
      activeAt: now,
      until: now + 60 * 60_000,
    });
  }
  return html`<h2>10,000 devices</h2>
    <div class="narrow">
      <parley-roster
        .contacts=${contacts}
        .devices=${devices}
        .companies=${["acme"]}
        current
        direct
      ></parley-roster>
    </div>`;
}
