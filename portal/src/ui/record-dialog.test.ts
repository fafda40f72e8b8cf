import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import type { DirectoryRecord } from "../protocol/wire";
import type { Told } from "./events";
import "./record-dialog";
import type { RecordDialog } from "./record-dialog";
import { all, button, draw, one, oneOf, press, settled, told, words, write } from "./testing";

const acme: DirectoryRecord = { kind: "company", id: "acme", name: "Acme", chat: "on", version: 4 };

describe("Changing a record", () => {
  let dialog: RecordDialog;
  let put: Told["parley-put"][];

  beforeEach(async () => {
    dialog = await draw(html`<parley-record></parley-record>`);
    put = told(dialog, "parley-put");
  });

  const shows = async (record: DirectoryRecord): Promise<void> => {
    await dialog.show(record);
    await settled(dialog);
  };
  const field = (name: string): HTMLInputElement => oneOf(HTMLInputElement, dialog, `#${name}`);
  const change = async (name: string, text: string): Promise<void> => {
    const at = field(name);
    write(at, text);
    at.dispatchEvent(new Event("change"));
    await settled(dialog);
  };
  const submit = async (): Promise<void> => {
    oneOf(HTMLFormElement, dialog, "form").requestSubmit();
    await settled(dialog);
  };

  it("keeps what was changed, with the version that was seen (I1)", async () => {
    await shows(acme);
    const chat = oneOf(HTMLSelectElement, dialog, "#chat");
    expect(chat.value).toBe("on");
    chat.value = "";
    chat.dispatchEvent(new Event("change"));
    await change("name", "Acme Ltd");
    await submit();
    expect(put).toEqual([{ record: { kind: "company", id: "acme", name: "Acme Ltd", version: 4 } }]);
  });

  it("asks for the id of a new one only", async () => {
    await shows({ kind: "group", company: "acme", id: "", name: "", version: 0 });
    write(field("id"), "desks");
    await change("name", "Desks");
    await submit();
    expect(put).toEqual([
      { record: { kind: "group", company: "acme", id: "desks", name: "Desks", version: 0 } },
    ]);
    expect(button(dialog, "Remove…")).toBeUndefined();
    await shows(acme);
    expect(all(dialog, "#id")).toEqual([]);
  });

  it("tells the second of two what the first has changed, and loses neither unseen", async () => {
    await shows(acme);
    await change("name", "Acme Ltd");
    await submit();
    const theirs: DirectoryRecord = { ...acme, chat: "off", version: 5 };
    dialog.refused("Not saved. Bob has changed this since you saw it.", theirs);
    await settled(dialog);
    expect(words(one(dialog, "[role=alert]"))).toContain("Chat: “on” became “off”");
    press(dialog, "Save mine over it");
    await settled(dialog);
    expect(put[1]).toEqual({ record: { ...acme, name: "Acme Ltd", version: 5 } });
    dialog.refused("Not saved.", { ...theirs, version: 6 });
    await settled(dialog);
    press(dialog, "Take that, and drop my changes");
    await settled(dialog);
    expect(field("name").value).toBe("Acme");
    expect(oneOf(HTMLSelectElement, dialog, "#chat").value).toBe("off");
  });

  it("removes only after it was asked, and says what is lost", async () => {
    const removed = told(dialog, "parley-remove");
    const role: DirectoryRecord = {
      kind: "role",
      id: "helper",
      name: "Helper",
      capabilities: ["direct"],
      version: 2,
    };
    await shows(role);
    press(dialog, "Remove…");
    await settled(dialog);
    expect(removed).toEqual([]);
    expect(words(one(dialog, "parley-confirm"))).toContain("are able to do nothing any more");
    press(dialog, "Remove");
    await settled(dialog);
    await Promise.resolve();
    expect(removed).toEqual([{ record: role }]);
  });

  it("ticks the capabilities of a role", async () => {
    await shows({ kind: "role", id: "helper", name: "Helper", capabilities: ["direct"], version: 2 });
    const boxes = all(dialog, "fieldset input") as HTMLInputElement[];
    expect(boxes.map(({ checked }) => checked)).toEqual([false, true, false, false]);
    boxes[0]?.click();
    await settled(dialog);
    boxes[1]?.click();
    await settled(dialog);
    await submit();
    expect(put[0]?.record.capabilities).toEqual(["administer"]);
  });
});
