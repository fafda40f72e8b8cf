import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import "./closing-dialog";
import type { ClosingDialog } from "./closing-dialog";
import type { Told } from "./events";
import { abandoned, alice, session } from "./samples";
import { draw, oneOf, press, settled, told, words, write } from "./testing";

describe("The dialog that ends a session (F1, F15)", () => {
  let asking: ClosingDialog;
  let ended: Told["parley-end"][];

  beforeEach(async () => {
    asking = await draw(html`<parley-closing .me=${alice}></parley-closing>`);
    ended = told(asking, "parley-end");
    await asking.show(session);
  });

  const dialog = (): HTMLDialogElement => oneOf(HTMLDialogElement, asking, "dialog");
  const submit = async (note: string): Promise<void> => {
    write(oneOf(HTMLTextAreaElement, asking, "textarea"), note);
    oneOf(HTMLFormElement, asking, "form").requestSubmit();
    await settled(asking);
  };

  it("says what it means, and ends nothing when the answer is Cancel (F1)", () => {
    expect(words(dialog())).toContain("Carol Jones is told, and nobody can write in it any more.");
    press(asking, "Cancel");
    expect(dialog().open).toBe(false);
    expect(ended).toEqual([]);
  });

  it("ends it with the note, or without one (F1, F15)", async () => {
    await submit("  Replaced the toner. ");
    expect(dialog().open).toBe(false);
    await asking.show(session);
    await submit("");
    expect(ended).toEqual([{ session: session.id, note: "Replaced the toner." }, { session: session.id }]);
  });

  it("closes the ticket too where that is ticked, and asks anew the next time (F15)", async () => {
    const solved = (): HTMLInputElement => oneOf(HTMLInputElement, asking, "#solved");
    expect(asking.renderRoot.querySelector("#solved")).toBeNull();
    press(asking, "Cancel");
    await asking.show(abandoned);
    expect(words(dialog())).toContain("Close ticket 7K3Q-9FMW too");
    solved().checked = true;
    await submit("Toner");
    await asking.show(abandoned);
    expect(solved().checked).toBe(false);
    await submit("");
    expect(ended).toEqual([
      { session: abandoned.id, note: "Toner", solved: true },
      { session: abandoned.id },
    ]);
  });

  it("keeps no note of another session", async () => {
    write(oneOf(HTMLTextAreaElement, asking, "textarea"), "Of Carol");
    press(asking, "Cancel");
    await asking.show(abandoned);
    expect(oneOf(HTMLTextAreaElement, asking, "textarea").value).toBe("");
  });

  it("closes what nobody has answered without telling anybody (F15)", async () => {
    press(asking, "Cancel");
    await asking.show(abandoned);
    expect(words(dialog())).toContain("It leaves the list. Carol Jones is not told.");
    await submit("Called her, solved.");
    expect(ended).toEqual([{ session: abandoned.id, note: "Called her, solved." }]);
  });

  it("refuses a note of more than 4,096 bytes", async () => {
    await submit("é".repeat(2049));
    expect(dialog().open).toBe(true);
    expect(words(dialog())).toContain("The note is too long by about 1 character.");
    await submit("é".repeat(2048));
    expect(ended).toHaveLength(1);
  });
});
