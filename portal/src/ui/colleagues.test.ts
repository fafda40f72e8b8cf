import { html } from "lit";
import { describe, expect, it } from "vitest";
import "./colleagues";
import type { Colleagues } from "./colleagues";
import { alice, bob, colleagues } from "./samples";
import { all, draw, press, told, words } from "./testing";

const drawn = (): Promise<Colleagues> =>
  draw(html`<parley-colleagues .technicians=${colleagues} .me=${alice}></parley-colleagues>`);

describe("The colleagues", () => {
  it("are the other technicians who are logged on, with their presence (B16)", async () => {
    const listed = all(await drawn(), "li").map((one) => words(one));
    expect(listed).toEqual(["Bob Baker Busy", "Frank Moore Away"]);
  });

  it("are written to by pressing their name (C7)", async () => {
    const list = await drawn();
    const started = told(list, "parley-staff");
    press(list, "Chat with Bob Baker");
    expect(started).toEqual([{ colleague: bob }]);
  });
});
