import { html } from "lit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import "./chat-tools";
import type { ChatTools } from "./chat-tools";
import { alice, carol, ended, view } from "./samples";
import { button, draw, press, settled, told } from "./testing";

describe("The tools of a chat", () => {
  let tools: ChatTools;

  beforeEach(async () => {
    tools = await draw(html`<parley-chat-tools .view=${view} .me=${alice}></parley-chat-tools>`);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it.each([alice, carol])("put the chat on the clipboard, for $role (D11, D21)", async (me) => {
    tools.me = me;
    await settled(tools);
    const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    const done = told(tools, "parley-done");
    press(tools, "Copy this chat");
    await vi.waitFor(() => expect(done).toEqual([{ text: "The chat is on the clipboard." }]));
    expect(write.mock.calls[0]?.[0]).toContain("Alice Archer: Thank you, that helped.");
  });

  it("say what to do where the browser refuses the clipboard", async () => {
    vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("not allowed"));
    const trouble = told(tools, "parley-trouble");
    press(tools, "Copy this chat");
    await vi.waitFor(() => expect(trouble[0]?.text).toContain("Save the chat instead."));
  });

  it.each([
    ["Save as text", "txt"],
    ["Save as a web page", "html"],
    ["Save as JSON", "json"],
  ])("offer to %s (D10, D21)", async (label, ending) => {
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(this.download);
    });
    press(tools, "Save this chat");
    await settled(tools);
    press(tools, label);
    expect(saved).toEqual([expect.stringMatching(new RegExp(`^Chat-Carol-Jones-.*\\.${ending}$`, "u"))]);
  });

  it("call for attention, and then rest for half a minute (N17)", async () => {
    vi.useFakeTimers();
    const nudges = told(tools, "parley-nudge");
    press(tools, "Call for Carol Jones's attention");
    await settled(tools);
    press(tools, "You have just called for attention");
    expect(nudges).toEqual([{ session: view.session.id }]);
    vi.advanceTimersByTime(30_000);
    await settled(tools);
    expect(button(tools, "Call for Carol Jones's attention")).toBeDefined();
  });

  it("still save and copy after the end, and nudge nobody (F12)", async () => {
    tools.view = { ...view, session: ended };
    await settled(tools);
    expect(button(tools, "Copy this chat")).toBeDefined();
    expect(button(tools, "Call for Carol Jones's attention")?.hidden).toBe(true);
  });
});
