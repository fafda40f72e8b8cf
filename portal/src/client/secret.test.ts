import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Page } from "./testing/page";
import { dave, Refusal, type World } from "./testing/world";

let page: Page;
let world: World;

const wait = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

beforeEach(async () => {
  vi.useFakeTimers();
  page = new Page();
  world = page.world;
  await page.load();
});

afterEach(() => {
  page.client.close();
  expect(vi.getTimerCount(), "timers after close()").toBe(0);
  vi.useRealTimers();
});

describe("a secret (N14)", () => {
  it("is sent past the outbox, and stands in the transcript without its text", async () => {
    world.answers.set("message.hide", () => ({ seq: 1, at: 5 }));
    const sent = page.live.hide("hunter2");
    await wait();
    await sent;
    expect(world.heard("message.hide")).toMatchObject([
      { data: { session: "acme/1", text: "hunter2", after: 0 } },
    ]);
    expect(page.live.entries).toMatchObject([{ seq: 1, kind: "secret" }]);
    expect(page.live.entries[0]?.text).toBeUndefined();
    expect(JSON.stringify([...page.drawer.items])).not.toContain("hunter2");
  });

  it("is sent again under its id while the service is busy", async () => {
    let busy = 2;
    world.answers.set("message.hide", () => {
      if (busy-- > 0) throw new Refusal("unavailable", "Busy.");
      return { seq: 1, at: 5 };
    });
    const sent = page.live.hide("hunter2");
    await wait(20_000);
    await sent;
    const ids = world.heard("message.hide").map(({ data }) => data["message"]);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  it("is asked for again under the same id when the reply was lost", async () => {
    let lost = true;
    world.answers.set("message.reveal", () => {
      if (lost) {
        lost = false;
        throw new Refusal("unavailable", "Busy.");
      }
      return { text: "hunter2", entry: { seq: 2, at: 6, kind: "revealed", by: page.client.me, of: 1 } };
    });
    world.adds({ kind: "secret", by: dave });
    const shown = page.live.reveal(1);
    await wait(20_000);
    expect(await shown).toBe("hunter2");
    const ids = world.heard("message.reveal").map(({ data }) => data["reveal"]);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it("is refused with the sentence of the service", async () => {
    world.answers.set("message.reveal", () => {
      throw new Refusal("conflict", "Bob has seen this secret.");
    });
    const shown = page.live.reveal(1).catch((error: unknown) => error);
    await wait();
    expect(await shown).toMatchObject({ code: "conflict", message: "Bob has seen this secret." });
  });
});
