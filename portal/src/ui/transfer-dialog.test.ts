import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import { alice, colleagues, session } from "./samples";
import { all, draw, oneOf, press, settled, told, words } from "./testing";
import "./transfer-dialog";
import type { TransferDialog } from "./transfer-dialog";

describe("The dialog that hands a session on", () => {
  let asking: TransferDialog;

  beforeEach(async () => {
    asking = await draw(html` <parley-transfer .technicians=${colleagues} .me=${alice}></parley-transfer> `);
    await asking.show(session);
    await settled(asking);
  });

  const choices = (): string[] => all(asking, "label").map((label) => words(label));
  const submit = (): void => oneOf(HTMLFormElement, asking, "form").requestSubmit();

  it("offers the colleagues who are logged on, and those who wait", () => {
    expect(choices()).toEqual([
      "Bob Baker Busy",
      "Frank Moore Away",
      "Back to those who wait, for anybody to answer",
    ]);
  });

  it("hands it to the one who was chosen", async () => {
    const handed = told(asking, "parley-transfer");
    expect(words(asking)).toContain("You stay in charge until they take it.");
    all(asking, "input")[1]?.dispatchEvent(new Event("change"));
    await settled(asking);
    submit();
    expect(handed).toEqual([{ session: session.id, to: "f" }]);
    expect(oneOf(HTMLDialogElement, asking, "dialog").open).toBe(false);
  });

  it("gives it back to those who wait", async () => {
    const handed = told(asking, "parley-transfer");
    all(asking, "input")[2]?.dispatchEvent(new Event("change"));
    await settled(asking);
    expect(words(asking)).toContain("You leave the session");
    submit();
    expect(handed).toEqual([{ session: session.id }]);
  });

  it("does nothing when the answer is Cancel, and says that nobody else is there", async () => {
    const handed = told(asking, "parley-transfer");
    press(asking, "Cancel");
    asking.technicians = colleagues.slice(0, 1);
    await asking.show(session);
    expect(words(asking)).toContain("No other technician is logged on.");
    expect(choices()).toHaveLength(1);
    expect(handed).toEqual([]);
  });
});
