import { html } from "lit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Fault } from "../client/index";
import type { Told } from "./events";
import "./secret-show";
import type { SecretShow } from "./secret-show";
import { draw, oneOf, press, settled, told, words } from "./testing";

describe("Showing a secret (N14)", () => {
  let dialog: SecretShow;
  let asked: Told["parley-reveal"][];

  const isOpen = (): boolean => oneOf(HTMLDialogElement, dialog, "dialog").open;
  const passes = async (ms: number): Promise<void> => {
    await vi.advanceTimersByTimeAsync(ms);
    await settled(dialog);
  };

  beforeEach(async () => {
    vi.useFakeTimers();
    dialog = await draw(html`<parley-secret-show session="acme/1"></parley-secret-show>`);
    asked = told(dialog, "parley-reveal");
    await dialog.show(7, "Alice Archer");
    await settled(dialog);
  });

  afterEach(() => vi.useRealTimers());

  const shows = async (text: string): Promise<void> => {
    press(dialog, "Show it now");
    asked[0]?.take(Promise.resolve(text));
    await passes(0);
  };

  it("asks first, and nothing is brought before the answer", () => {
    expect(words(dialog)).toContain("Secret from Alice Archer");
    expect(words(dialog)).toContain("It is shown once");
    expect(asked).toEqual([]);
    press(dialog, "Not now");
    expect(isOpen()).toBe(false);
    expect(asked).toEqual([]);
  });

  it("shows it for a minute", async () => {
    await shows("hunter2");
    expect(asked).toMatchObject([{ session: "acme/1", seq: 7 }]);
    expect(words(dialog)).toContain("hunter2 It leaves this screen in 60 seconds.");
    await passes(59_000);
    expect(words(dialog)).toContain("hunter2 It leaves this screen in 1 seconds.");
    await passes(1000);
    expect(isOpen()).toBe(false);
    expect(words(dialog)).not.toContain("hunter2");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("forgets it when it is closed", async () => {
    await shows("hunter2");
    press(dialog, "Done");
    await passes(0);
    expect(words(dialog)).not.toContain("hunter2");
  });

  it("does not show what comes after it was closed", async () => {
    press(dialog, "Show it now");
    oneOf(HTMLDialogElement, dialog, "dialog").close();
    asked[0]?.take(Promise.resolve("hunter2"));
    await passes(0);
    expect(words(dialog)).not.toContain("hunter2");
  });

  it("copies it", async () => {
    const copy = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    await shows("hunter2");
    press(dialog, "Copy");
    await passes(0);
    expect(copy).toHaveBeenCalledWith("hunter2");
    expect(words(dialog)).toContain("It is on the clipboard.");
  });

  it("says why it is not to be had", async () => {
    press(dialog, "Show it now");
    asked[0]?.take(Promise.reject(new Fault("conflict", "Bob has seen this secret. It is shown only once.")));
    await passes(0);
    expect(words(dialog)).toContain("Bob has seen this secret.");
    press(dialog, "Close");
    expect(isOpen()).toBe(false);
  });
});
