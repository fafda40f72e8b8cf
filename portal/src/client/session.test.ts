import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Page } from "./testing/page";
import { alice, aSession, dave, Refusal, type World } from "./testing/world";

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

describe("the transcript of a session", () => {
  it("shows what others say", async () => {
    world.says("Hello");
    world.says("My printer is on fire.");
    await wait();
    expect(page.lines).toEqual(["Hello", "My printer is on fire."]);
  });

  it("waits for a push that was overtaken", async () => {
    let delay = 200;
    world.fate = () => ({ kind: "arrives", after: (delay -= 100) });
    world.says("first");
    world.says("second");
    await wait();
    expect(page.lines).toEqual([]);
    await wait(100);
    expect(page.lines).toEqual(["first", "second"]);
    expect(world.heard("message.list")).toEqual([]);
  });

  it("fetches what does not come by itself", async () => {
    world.adds({ text: "lost" });
    world.says("second");
    await wait(399);
    expect(page.lines).toEqual([]);
    await wait(1);
    expect(page.lines).toEqual(["lost", "second"]);
    expect(world.heard("message.list").map(({ data }) => data)).toEqual([{ session: "acme/1", after: 0 }]);
  });

  it("goes on asking for what is missing while the service has trouble", async () => {
    world.answers.set("message.list", () => {
      throw new Refusal("internal", "Something went wrong on our side.");
    });
    world.adds({ text: "lost" });
    world.says("second");
    await wait(3000);
    world.answers.clear();
    await wait(3000);
    expect(page.lines).toEqual(["lost", "second"]);
  });

  it.each(["not_found", "forbidden", "conflict"])(
    "asks no more once that is refused with %s, and says so",
    async (code) => {
      world.answers.set("message.list", () => {
        throw new Refusal(code, "You are not in this session.");
      });
      world.adds({ text: "lost" });
      world.says("second");
      await wait(600_000);
      expect(world.heard("message.list")).toHaveLength(1);
      expect(page.live.unreachable?.message).toBe("You are not in this session.");
    },
  );

  it("asks more and more rarely for what nobody can bring", async () => {
    world.answers.set("message.list", () => {
      throw new Refusal("unavailable", "Later.");
    });
    world.adds({ text: "lost" });
    world.says("second");
    await wait(600_000);
    expect(world.heard("message.list").length).toBeLessThan(30);
  });

  it("notices within two minutes that the last push was lost", async () => {
    world.adds({ text: "lost" });
    await wait(120_001);
    expect(page.lines).toEqual(["lost"]);
  });

  it("brings everything that was said while it was cut, page by page", async () => {
    world.says("before");
    await wait();
    world.socket.cut();
    for (let n = 1; n <= 8; n++) world.adds({ text: `missed ${n}` });
    expect(page.live.current).toBe(false);
    await wait(200);
    expect(page.live.current).toBe(true);
    expect(page.lines).toEqual(["before", ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `missed ${n}`)]);
    expect(world.heard("message.resume").map(({ data }) => data["after"])).toEqual([0, 1]);
  });

  it("tells what is news, and not what is history or one's own", async () => {
    page.client.close();
    world.adds({ text: "history" });
    await page.load();
    const news: string[] = [];
    page.live.addEventListener("news", ({ detail }) => news.push(detail.text ?? ""));
    world.says("live");
    page.live.post("mine");
    await wait();
    world.socket.cut();
    world.adds({ text: "missed" });
    await wait(200);
    expect(news).toEqual(["live", "missed"]);
  });

  it("tells many changes at once", async () => {
    const changed = vi.fn();
    page.live.addEventListener("change", changed);
    for (let n = 0; n < 10; n++) page.live.heard(world.adds({ text: `line ${n}` }));
    await wait();
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it("gives up a session that is out of reach, with what was to be said there", async () => {
    world.socket.cut();
    page.live.post("Are you there?");
    world.answers.set("message.resume", () => {
      throw new Refusal("not_found", "No such session.");
    });
    await wait(200);
    expect(page.live.unreachable?.message).toBe("No such session.");
    expect(page.outgoing).toEqual(["Are you there?: failed"]);
    expect(() => page.live.post("Hello?")).toThrow("No such session.");
  });
});

describe("the state of a session", () => {
  it("follows pushes, and none that was overtaken by a later one", async () => {
    const joined = world.adds({ kind: "joined" });
    const ended = world.adds({ kind: "ended" });
    world.push("session.changed", { session: aSession({ state: "ended", version: 2 }), entry: ended });
    world.push("session.changed", { session: aSession({ version: 1 }), entry: joined });
    await wait();
    expect(page.live.session.state).toBe("ended");
    expect(page.live.entries.map(({ kind }) => kind)).toEqual(["joined", "ended"]);
  });

  it("is asked again when an entry shows that a push was lost", async () => {
    world.answers.set("message.resume", () => ({
      session: aSession({ problem: "changed", version: 1 }),
      entries: [],
      more: false,
      connected: [],
      marks: [],
    }));
    world.adds({ kind: "joined" });
    world.says("Hello");
    await wait(400);
    expect(page.live.session.problem).toBe("changed");
  });

  it("takes the answers to the caller's own commands", async () => {
    world.answers.set("session.end", () => {
      const { seq } = world.adds({ kind: "ended" });
      return { session: aSession({ state: "ended", version: seq }), seq };
    });
    void page.live.end();
    await wait();
    expect(page.live.session.state).toBe("ended");
    expect(() => page.live.post("one more thing")).toThrow("This session is ended.");
    await wait(1); // No push comes to the connection that asked.
    expect(page.live.entries.map(({ kind }) => kind)).toEqual(["ended"]);
  });

  it("needs no resuming once the end has been seen", async () => {
    world.push("session.changed", {
      session: aSession({ state: "ended" }),
      entry: world.adds({ kind: "ended" }),
    });
    await wait();
    world.sessions = [];
    world.socket.cut();
    await wait(200);
    expect(world.heard("message.resume")).toHaveLength(1);
    expect(page.live.current).toBe(true);
  });

  it("is left alone by those who have left, and brought again when they come back", async () => {
    const left = aSession({ version: 1, participants: [{ ...alice, joined: false }] });
    world.answers.set("session.leave", () => ({
      session: left,
      seq: world.adds({ kind: "left", by: alice }).seq,
    }));
    void page.live.leave();
    await wait(600_000);
    expect(world.heard("message.list")).toEqual([]);
    world.answers.set("session.join", () => {
      const { seq } = world.adds({ kind: "joined", by: alice });
      return { session: aSession({ version: seq }), seq };
    });
    void page.client.join("acme/1");
    await wait();
    expect(page.live.current).toBe(true);
    expect(page.live.entries.map(({ kind }) => kind)).toEqual(["left", "joined"]);
  });

  it("knows who is connected", async () => {
    world.connected = ["alice", "dave"];
    world.socket.cut();
    await wait(200);
    expect([...page.live.connected]).toEqual(["alice", "dave"]);
    world.push("session.attended", { session: "acme/1", participant: dave, connected: false });
    await wait();
    expect([...page.live.connected]).toEqual(["alice"]);
  });

  it("keeps who came while it asked who is there", async () => {
    world.connected = ["alice"];
    world.fate = (what) => ({ kind: "arrives", after: what === "reply" ? 50 : 0 });
    world.socket.cut();
    await wait(125 + 50 + 25);
    world.push("session.attended", { session: "acme/1", participant: dave, connected: true });
    await wait(100);
    expect([...page.live.connected]).toEqual(["alice", "dave"]);
  });
});

describe("typing", () => {
  it("is told to the others, and its end by the message itself", async () => {
    page.live.type("Hel");
    page.live.type("Hello");
    page.live.post("Hello");
    await wait();
    expect(world.heard("message.type").map(({ data }) => data["typing"])).toEqual([true]);
  });

  it("is told no more often than messages are written, and so is what was read", async () => {
    const written = 40;
    for (let n = 0; n < written; n++) {
      for (let letters = 1; letters <= 20; letters++) {
        page.live.type("I have a question, too".slice(0, letters));
        await wait(250); // Five seconds for a message.
      }
      page.live.post("I have a question, too");
      page.live.read(world.says("Go on.").seq);
      await wait(500);
    }
    expect(world.heard("message.post")).toHaveLength(written);
    expect(world.heard("message.type").length).toBeLessThanOrEqual(written);
    expect(world.heard("message.read").length).toBeLessThanOrEqual(written);
    expect(world.heard("message.read").length).toBeGreaterThan(written / 2);
  });

  it("is not told while cut off", async () => {
    world.goOffline();
    page.live.type("Hel");
    await wait(5000);
    world.goOnline();
    await wait();
    expect(world.heard("message.type")).toEqual([]);
  });

  it("of others shows until their message comes", async () => {
    world.push("message.typed", { session: "acme/1", by: dave, typing: true });
    world.push("message.typed", { session: "acme/1", by: alice, typing: true }); // Oneself on another page.
    await wait();
    expect(page.live.typing).toEqual([dave]);
    world.says("Hello");
    await wait();
    expect(page.live.typing).toEqual([]);
  });
});
