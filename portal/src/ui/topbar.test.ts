import { html } from "lit";
import { describe, expect, it } from "vitest";
import { Fault } from "../client/index";
import { all, button, draw, press, settled, told, words } from "./testing";
import "./topbar";
import type { TopBar } from "./topbar";

const drawn = (part: Partial<TopBar>): Promise<TopBar> =>
  draw(html`
    <parley-topbar
      .name=${"Alice Archer"}
      .availability=${part.availability}
      .link=${part.link ?? { kind: "open" }}
    >
    </parley-topbar>
  `);

describe("The top bar", () => {
  it("sets a technician's presence, and signs out in the same place (B19)", async () => {
    const bar = await drawn({ availability: "online" });
    const set = told(bar, "parley-availability");
    const out = told(bar, "parley-sign-out");
    for (const choice of ["Busy", "Sign out"]) {
      press(bar, "Alice Archer: presence and settings");
      await settled(bar);
      press(bar, choice);
      await settled(bar);
    }
    expect(set).toEqual([{ availability: "busy" }]);
    expect(out).toHaveLength(1);
  });

  it("gives a contact no presence to set (B21)", async () => {
    const bar = await drawn({});
    press(bar, "Alice Archer: settings");
    await settled(bar);
    expect(all(bar, "[role^=menuitem]").map((item) => words(item))).toEqual(["Settings", "Sign out"]);
  });

  it("says whether it is connected, and lets one try now", async () => {
    const bar = await drawn({ link: { kind: "waiting", retryAt: 0 } });
    const tries = told(bar, "parley-reconnect");
    expect(words(bar)).toContain("No connection, trying again");
    press(bar, "Try now");
    expect(tries).toHaveLength(1);
    expect(button(await drawn({}), "Try now")).toBeUndefined();
  });

  it("says that nobody is signed in", async () => {
    const fault = new Fault("unauthenticated", "The token has expired.");
    expect(words(await drawn({ link: { kind: "refused", fault } }))).toContain("Not signed in Try again");
  });
});
