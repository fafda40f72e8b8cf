import { describe, expect, it } from "vitest";
import type { Session, Ticket } from "../protocol/wire";
import { Clients, wait } from "./testing/clients";
import { aSession, dave, Refusal } from "./testing/world";

const at = new Clients();

const aTicket = (company: string, createdAt: number, rest: Partial<Ticket> = {}): Ticket => ({
  id: `${company}/${createdAt}`,
  number: `T-${createdAt}`,
  company,
  contact: dave,
  subject: "Printer",
  state: "open",
  sessions: [],
  createdAt,
  updatedAt: createdAt,
  version: 1,
  ...rest,
});
const open = { companies: ["acme"], state: "open" } as const;
const shown = (): string[] => at.client.tickets.tickets.map(({ id }) => id);

/** Lets the service list these tickets, two on a page. */
function lists(...tickets: Ticket[]): void {
  at.world.answers.set("ticket.list", ({ company, state, after = 0 }) => {
    const first = Number(after);
    const all = tickets.filter(
      (one) => (company === undefined || one.company === company) && one.state === state,
    );
    const page = all.sort((a, b) => b.createdAt - a.createdAt).slice(first, first + 2);
    return { tickets: page, ...(all.length > first + 2 && { next: String(first + 2) }) };
  });
}

async function connected(): Promise<void> {
  at.connect();
  await wait();
}

describe("the list of tickets", () => {
  it("reads nothing before it is asked for", async () => {
    await connected();
    at.world.push("ticket.changed", { ticket: aTicket("acme", 1) });
    await wait();
    expect(at.world.heard("ticket.list")).toEqual([]);
    expect([at.client.tickets.listing.kind, shown()]).toEqual(["idle", []]);
  });

  it("shows a contact's own, newest first, and follows every change", async () => {
    lists(aTicket("acme", 1), aTicket("acme", 2));
    await connected();
    void at.client.tickets.list({ companies: [], state: "open" });
    expect(at.client.tickets.listing.kind).toBe("reading");
    await wait();
    expect(at.world.heard("ticket.list").map(({ data }) => data)).toEqual([{ state: "open" }]);
    expect([at.client.tickets.listing.kind, shown()]).toEqual(["here", ["acme/2", "acme/1"]]);
    at.world.push("ticket.changed", { ticket: aTicket("acme", 3) });
    at.world.push("ticket.changed", { ticket: aTicket("acme", 2, { state: "closed", version: 3 }) });
    at.world.push("ticket.changed", { ticket: aTicket("acme", 2, { version: 2 }) }); // Overtaken.
    await wait();
    expect(shown()).toEqual(["acme/3", "acme/1"]);
  });

  it("brings pages of several companies in one order, whatever page they are on", async () => {
    lists(...[9, 8, 2, 1].map((n) => aTicket("acme", n)), ...[7, 6, 5].map((n) => aTicket("globex", n)));
    await connected();
    void at.client.tickets.list({ companies: ["acme", "globex"], state: "open" });
    await wait();
    const orders = [shown()];
    while (at.client.tickets.more) {
      void at.client.tickets.showMore();
      await wait();
      orders.push(shown());
    }
    const all = ["acme/9", "acme/8", "globex/7", "globex/6", "globex/5", "acme/2", "acme/1"];
    expect(orders).toEqual([all.slice(0, 2), all.slice(0, 4), all]);
  });

  it("leaves out what is of other companies", async () => {
    lists(aTicket("acme", 1));
    await connected();
    void at.client.tickets.list(open);
    at.world.push("ticket.changed", { ticket: aTicket("globex", 2) });
    await wait();
    expect(shown()).toEqual(["acme/1"]);
  });

  it("keeps a change that overtakes the list", async () => {
    lists(aTicket("acme", 1), aTicket("acme", 2));
    await connected();
    at.world.fate = (what) => ({ kind: "arrives", after: what === "reply" ? 50 : 0 });
    void at.client.tickets.list(open);
    await wait();
    at.world.push("ticket.changed", { ticket: aTicket("acme", 1, { state: "closed", version: 2 }) });
    await wait(50);
    expect(shown()).toEqual(["acme/2"]);
  });

  it("asks again after a reconnect, and shows the old list until then", async () => {
    lists(aTicket("acme", 1));
    await connected();
    void at.client.tickets.list(open);
    await wait();
    lists(aTicket("acme", 2));
    at.world.socket.cut();
    await wait();
    expect(shown()).toEqual(["acme/1"]);
    await wait(500);
    expect(shown()).toEqual(["acme/2"]);
  });

  it("says why it cannot be read, and reads it when asked again", async () => {
    at.world.answers.set("ticket.list", () => {
      throw new Refusal("not_found", "There is no such company or contact.");
    });
    await connected();
    void at.client.tickets.list(open);
    await wait();
    expect(at.client.tickets.listing).toMatchObject({
      kind: "failed",
      fault: { message: "There is no such company or contact." },
    });
    lists(aTicket("acme", 1));
    void at.client.tickets.list(open);
    await wait();
    expect(shown()).toEqual(["acme/1"]);
  });
});

describe("a ticket that is opened", () => {
  const session = (rest: Partial<Session> = {}): Session => aSession({ version: 1, ...rest });

  it("brings its sessions, and follows what becomes of them", async () => {
    lists(aTicket("acme", 1));
    let sessions = [session()];
    at.world.answers.set("ticket.show", () => ({ ticket: aTicket("acme", 1), sessions }));
    await connected();
    void at.client.tickets.list(open);
    at.client.tickets.look("acme/1");
    expect(at.client.tickets.looked).toEqual({ ticket: "acme/1", kind: "reading" });
    await wait();
    const states = (): string[] => {
      const { looked } = at.client.tickets;
      return looked?.kind === "here" ? looked.sessions.map(({ id, state }) => `${id} ${state}`) : [];
    };
    expect(states()).toEqual(["acme/1 active"]);
    at.world.push("session.changed", { session: session({ state: "ended", version: 2 }) });
    at.world.push("session.changed", { session: session() }); // Overtaken.
    await wait();
    expect(states()).toEqual(["acme/1 ended"]);
    sessions = [session({ id: "acme/7" }), session({ state: "ended", version: 2 })];
    at.world.push("ticket.changed", { ticket: aTicket("acme", 1, { version: 2 }) });
    await wait();
    expect(states()).toEqual(["acme/7 active", "acme/1 ended"]);
    at.client.tickets.look(undefined);
    expect(at.client.tickets.looked).toBeUndefined();
  });

  it("says why it cannot be shown", async () => {
    at.world.answers.set("ticket.show", () => {
      throw new Refusal("not_found", "There is no such ticket.");
    });
    await connected();
    at.client.tickets.look("acme/1");
    await wait();
    expect(at.client.tickets.looked).toMatchObject({ kind: "failed", fault: { code: "not_found" } });
  });
});

describe("what a technician does with a ticket", () => {
  it("is sent until it is answered, with the same id, and is seen in the list", async () => {
    lists();
    await connected();
    void at.client.tickets.list(open);
    await wait();
    let tries = 0;
    at.world.answers.set("ticket.open", () => {
      if (++tries === 1) throw new Refusal("unavailable", "Later.");
      return { ticket: aTicket("acme", 5) };
    });
    const opened = at.client.tickets.open({ id: "dave", company: "acme" }, "Printer");
    await wait(5000);
    await expect(opened).resolves.toMatchObject({ number: "T-5" });
    const asked = at.world.heard("ticket.open").map(({ data }) => data);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toEqual(asked[1]);
    expect(asked[0]).toMatchObject({ contact: "dave", subject: "Printer" });
    expect(shown()).toEqual(["acme/5"]);

    at.world.answers.set("ticket.close", () => ({
      ticket: aTicket("acme", 5, { state: "closed", version: 2 }),
    }));
    await at.client.tickets.close("acme/5", "Toner").catch(() => undefined);
    expect(at.world.heard("ticket.close").map(({ data }) => data)).toEqual([
      { ticket: "acme/5", note: "Toner" },
    ]);
    expect(shown()).toEqual([]);
    at.world.answers.set("ticket.reopen", () => ({ ticket: aTicket("acme", 5, { version: 3 }) }));
    await at.client.tickets.reopen("acme/5");
    expect(shown()).toEqual(["acme/5"]);
  });
});
