import { html } from "lit";
import { describe, expect, it } from "vitest";
import "./notices";
import type { Notices } from "./notices";
import { draw, one, press, told, words } from "./testing";

describe("Notices", () => {
  const drawn = (): Promise<Notices> =>
    draw(html`
      <parley-notices
        .notices=${[
          { id: 1, kind: "done", text: "Request sent.", tips: true },
          { id: 2, kind: "trouble", text: "Carol Jones is away." },
        ]}
      ></parley-notices>
    `);

  it("are told to a screen reader, trouble at once", async () => {
    const notices = await drawn();
    expect(words(one(notices, "[role=status]"))).toContain("Request sent.");
    expect(words(one(notices, "[role=alert]"))).toContain("Carol Jones is away.");
  });

  it("point to troubleshooting tips (C1), and go when they were read", async () => {
    const notices = await drawn();
    const tips = told(notices, "parley-tips");
    const read = told(notices, "parley-noticed");
    press(notices, "Troubleshooting tips");
    press(notices, "Close this notice");
    expect(tips).toHaveLength(1);
    expect(read).toEqual([{ id: 2 }]);
  });
});
