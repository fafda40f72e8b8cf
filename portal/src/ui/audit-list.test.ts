import { html } from "lit";
import { describe, expect, it } from "vitest";
import type { Audited } from "../protocol/wire";
import { auditFile } from "./audit-list";
import type { AuditList } from "./audit-list";
import { all, draw, oneOf, press, settled, told, words, write } from "./testing";

const by = { id: "a", name: "Alice", role: "technician" } as const;
const lines: Audited[] = [
  {
    id: "2",
    at: 2,
    by,
    did: "changed",
    what: "machine_role",
    record: "kiosk",
    name: "Kiosk",
    fields: [{ field: "begin", to: "off" }],
  },
  { id: "1", at: 1, by: { ...by, name: "Bob" }, did: "removed", what: "role", record: "r", name: '=1+"x"' },
];

describe("The audit", () => {
  it("says who did what, is searched, and is asked for by company", async () => {
    const list = await draw<AuditList>(html`<parley-audit-list .lines=${lines} more></parley-audit-list>`);
    expect(all(list, "li p:first-child").map((line) => words(line))).toEqual([
      "Alice changed machine role Kiosk",
      'Bob removed role =1+"x"',
    ]);
    expect(words(list)).toContain("begin: – → off");
    write(oneOf(HTMLInputElement, list, "[type=search]"), "alice off");
    await settled(list);
    expect(all(list, "li")).toHaveLength(1);
    const asked = told(list, "parley-audit");
    oneOf(HTMLInputElement, list, "[name=company]").value = " acme ";
    oneOf(HTMLFormElement, list, "form").requestSubmit();
    expect(asked).toEqual([{ company: "acme" }]);
    const exported = told(list, "parley-export");
    press(list, "Save as a file");
    expect(exported).toHaveLength(1);
  });

  it("is saved as a file in which nothing is a formula", () => {
    const [head, first, second] = auditFile(lines).split("\r\n");
    expect(head).toBe('"at","by","by id","did","what","company","record","name","fields"');
    expect(first).toBe(
      '"1970-01-01T00:00:00.002Z","Alice","a","changed","machine_role","","kiosk","Kiosk","begin:  → off"',
    );
    expect(second).toContain(`"'=1+""x"""`);
  });
});
