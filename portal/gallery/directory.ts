import { html, type TemplateResult } from "lit";
import type { Audited, DirectoryRecord } from "../src/protocol/wire";
import "../src/ui/audit-list";
import "../src/ui/explain-view";
import "../src/ui/record-dialog";
import "../src/ui/record-list";

const bob: DirectoryRecord = {
  kind: "technician",
  id: "m3ykqzq6v2ugmtrvyq4sqxkz",
  name: "Bob Baker",
  role: "helper",
  claimed: { capabilities: ["direct"], places: ["acme", "globex"] },
  version: 4,
};
const company: DirectoryRecord = { kind: "company", id: "acme", name: "Acme Ltd", chat: "on", version: 3 };
const companies: DirectoryRecord[] = [
  company,
  {
    kind: "company",
    id: "featherstonehaugh",
    name: "Featherstonehaugh, Montgomery and Daughters International",
    version: 1,
  },
];
const lines: Audited[] = [
  {
    id: "2",
    at: 1_790_000_000_000,
    by: { id: "a", name: "Alice Archer", role: "technician" },
    did: "changed",
    what: "company",
    record: "acme",
    name: "Acme Ltd",
    fields: [{ field: "chat", from: "on", to: "off" }],
  },
  {
    id: "1",
    at: 1_780_000_000_000,
    by: { id: "b", name: "Bob Baker", role: "technician" },
    did: "removed",
    what: "machine_role",
    record: "kiosk",
    name: "Kiosk",
  },
];

/** What administrators see of the directory. */
export const directoryScenes: Record<string, () => TemplateResult> = {
  records: () => html`
    <h2>Records</h2>
    <parley-records kind="company" .records=${companies} more></parley-records>
    <parley-records kind="technician" .records=${[bob]}></parley-records>
    <parley-records kind="device" company="acme" .records=${[]}></parley-records>
  `,
  record: () => {
    requestAnimationFrame(() => {
      const dialog = document.querySelector("parley-record");
      void dialog?.show(company).then(() => {
        dialog.refused("Not saved. Bob Baker has changed this since you saw it.", {
          ...company,
          chat: "off",
          version: 4,
        });
      });
    });
    return html`<h2>A record</h2>
      <parley-record></parley-record>`;
  },
  effective: () => html`
    <h2>Permissions</h2>
    <parley-effective
      .explained=${{
        person: bob,
        decisions: [
          { right: "see", allowed: true, level: "scope", by: "north" },
          { right: "administer", allowed: false, level: "role", by: "helper" },
        ],
      }}
    ></parley-effective>
  `,
  audit: () => html`
    <h2>What was done</h2>
    <parley-audit-list .lines=${lines} more></parley-audit-list>
  `,
};
