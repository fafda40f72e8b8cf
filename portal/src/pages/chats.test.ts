import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Page } from "../client/testing/page";
import { alice, aSession, dave } from "../client/testing/world";
import * as tone from "../ui/tone";
import { Chats } from "./chats";
import { Shown } from "./testing/shown";

describe("The open chats of a page", () => {
  let page: Page;
  let chats: Chats;
  let inView: boolean;
  const wait = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
  const hidden = (is: boolean): void => {
    vi.spyOn(document, "hidden", "get").mockReturnValue(is);
  };

  beforeEach(async () => {
    vi.useFakeTimers();
    Shown.become("granted");
    hidden(false);
    inView = true;
    vi.spyOn(tone, "playTone").mockReset().mockReturnValue(true);
    page = new Page();
    page.world.me = dave;
    await page.load();
    chats = new Chats(
      page.client,
      { changed: () => undefined, shows: () => inView, arrived: () => undefined },
      false,
    );
    chats.add(page.live);
    chats.show("acme/1");
  });
  afterEach(() => {
    chats.remove("acme/1");
    page.client.close();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const says = async (text: string): Promise<void> => {
    page.world.says(text, alice);
    await wait();
  };
  const nudges = async (): Promise<void> => {
    const entry = page.world.adds({ kind: "nudged", by: alice });
    page.world.push("message.posted", { session: "acme/1", entry });
    await wait();
  };

  it("count what came while they were not to be seen, until it was read (D27, P1)", async () => {
    await says("one");
    expect(chats.unread).toBe(0);
    chats.minimise("acme/1");
    await says("two");
    expect([chats.unread, chats.windows[0]?.unread]).toEqual([2, 2]); // Of the first nobody said that it was read.
    page.live.read(2);
    await wait();
    expect(chats.unread).toBe(0);
  });

  it("forget what was read on another page of the same person", async () => {
    hidden(true);
    await says("one");
    expect(chats.unread).toBe(1);
    page.world.push("message.marked", {
      session: "acme/1",
      mark: { participant: dave.id, delivered: 1, read: 1 },
    });
    await wait();
    expect(chats.unread).toBe(0);
  });

  it("call with a tone while they are seen, and with a notification while the page is hidden (C23)", async () => {
    await says("one");
    expect(tone.playTone).toHaveBeenCalledTimes(1);
    expect(Shown.all).toEqual([]);
    hidden(true);
    await says("two");
    expect(Shown.all).toMatchObject([{ title: "Alice Doe", options: { body: "two" } }]);
    hidden(false);
    chats.seen();
    expect(Shown.all[0]?.closed).toBe(true);
  });

  it("tell who wrote by what they have called (N17)", async () => {
    hidden(true);
    await says("one");
    await says("two");
    await wait(5_000);
    expect(page.world.heard("message.read").at(-1)?.data).toMatchObject({ notified: 2, rung: "toast" });
  });

  it("come back when somebody calls for attention, though they were put away (N17)", async () => {
    chats.minimise("acme/1");
    await says("one");
    expect(chats.windows[0]?.minimised).toBe(true);
    await nudges();
    expect(chats.windows[0]?.minimised).toBe(false);
  });

  it("are closed where their reader has left on another page", async () => {
    const left = aSession({
      version: 7,
      participants: [
        { ...alice, joined: true },
        { ...dave, joined: false },
      ],
    });
    page.world.push("session.changed", { session: left });
    await wait();
    expect(chats.windows).toEqual([]);
  });

  it("stay where the session is over (F12)", async () => {
    const entry = page.world.adds({ kind: "ended", by: alice });
    page.world.push("session.changed", { session: aSession({ version: entry.seq, state: "ended" }), entry });
    await wait();
    expect(chats.windows).toHaveLength(1);
  });
});
