import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import type { DirectoryRecord } from "../protocol/wire";
import "./record-list";
import type { RecordList } from "./record-list";
import { all, draw, one, oneOf, press, settled, told, words, write } from "./testing";

const acme: DirectoryRecord = { kind: "company", id: "acme", name: "Acme Ltd", chat: "off", version: 1 };
const globex: DirectoryRecord = { kind: "company", id: "globex", name: "globex", version: 2 };
const bob: DirectoryRecord = {
  kind: "technician",
  id: "b",
  name: "Bob",
  role: "helper",
  claimed: { capabilities: ["direct"], places: ["acme"] },
  version: 3,
};

describe("The records of a kind", () => {
  let list: RecordList;

  beforeEach(async () => {
    list = await draw(html`<parley-records kind="company" .records=${[acme, globex]} more></parley-records>`);
  });

  it("say what is set, and are opened and changed (I1)", () => {
    expect(all(list, "li").map((row) => words(row))).toEqual([
      "Acme Ltd acme Chat: off Open Change",
      "globex Open Change",
    ]);
    expect(all(list, "a").map((link) => link.getAttribute("href"))).toEqual([
      "#/company/acme/contact",
      "#/company/globex/contact",
    ]);
    const edited = told(list, "parley-edit");
    list.shadowRoot?.querySelector<HTMLButtonElement>("[aria-label='Change Acme Ltd']")?.click();
    press(list, "Add a company");
    expect(edited).toEqual([{ record: acme }, {}]);
  });

  it("are searched, and more are brought", async () => {
    const found = told(list, "parley-find");
    const more = told(list, "parley-more");
    write(oneOf(HTMLInputElement, list, "input"), " ac* ");
    oneOf(HTMLFormElement, list, "form").requestSubmit();
    press(list, "Show more");
    expect(found).toEqual([{ words: "ac*" }]);
    expect(more).toHaveLength(1);
    list.records = [];
    await settled(list);
    expect(words(one(list, ".none"))).toBe("None matches. Look for something else.");
  });

  it("say what a technician has by their token, where nothing else is set", async () => {
    list.kind = "technician";
    list.records = [bob];
    await settled(list);
    expect(words(one(list, ".says"))).toBe("Role: helper · sees by token: acme");
  });
});
