import { html } from "lit";
import { describe, expect, it } from "vitest";
import "./chat";
import { one, draw, words } from "./testing";
import { alice, session, view } from "./samples";

const header = async (shown: Partial<typeof session>): Promise<string> => {
  const drawn = await draw(
    html`<parley-chat .view=${{ ...view, session: { ...session, ...shown } }} .me=${alice}></parley-chat>`,
  );
  const about = one(drawn, ".about");
  return `${about.querySelector(".kind svg path, .kind svg rect")?.tagName ?? "none"}: ${words(about)}`;
};

describe("The sign of a session", () => {
  it("is a monitor for a managed device, and says so (D3)", async () => {
    expect(await header({ kind: "managed" })).toMatch(/^rect: .*Managed device ACME-LT-07/);
  });
  it("is two arrows for an on-demand device, and says so (D4)", async () => {
    expect(await header({ kind: "ondemand" })).toMatch(/^path: .*On-demand device ACME-LT-07/);
  });
  it("is neither at a portal", async () => {
    expect(await header({ kind: "portal" })).toMatch(/^none: /);
  });
});
