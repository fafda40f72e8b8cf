import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import { Fault } from "../client/index";
import type { Ticket } from "../protocol/wire";
import { alice, bob, closedTicket, entries, rows, session, ticket, tickets } from "./samples";
import { all, button, draw, one, oneOf, press, settled, told, words, write } from "./testing";
import "./ticket-dialog";
import type { TicketDialog } from "./ticket-dialog";
import "./tickets";
import type { Tickets } from "./tickets";

const about = { id: ticket.id, number: ticket.number, subject: ticket.subject };

describe("The tickets of the companies (C19, C20)", () => {
  let list: Tickets;

  const drawn = async (shown: readonly Ticket[] = tickets): Promise<Tickets> => {
    list = await draw<Tickets>(
      html`<parley-tickets
        .tickets=${shown}
        .listing=${{ kind: "here" }}
        .companies=${["acme", "globex"]}
        .contacts=${rows}
        .me=${alice}
        current
      ></parley-tickets>`,
    );
    return list;
  };
  const opened = async (): Promise<void> => {
    const details = oneOf(HTMLDetailsElement, list, "details");
    details.open = true;
    details.dispatchEvent(new Event("toggle"));
    await settled(list);
  };
  const becomes = async (part: Partial<Tickets>): Promise<void> => {
    Object.assign(list, part);
    await settled(list);
  };

  beforeEach(() => drawn());

  it("are asked for when they are opened, and when others are chosen", async () => {
    const asked = told(list, "parley-tickets");
    expect(words(list)).toBe("Tickets");
    await opened();
    const which = oneOf(HTMLSelectElement, list, "[aria-label='Which tickets']");
    which.value = "closed";
    which.dispatchEvent(new Event("change"));
    const company = oneOf(HTMLSelectElement, list, "[aria-label='Company of the tickets']");
    company.value = "globex";
    company.dispatchEvent(new Event("change"));
    expect(asked).toEqual([
      { companies: ["acme", "globex"], state: "open" },
      { companies: ["acme", "globex"], state: "closed" },
      { companies: ["globex"], state: "closed" },
    ]);
  });

  it("are asked for again when the scope is another, and not without one", async () => {
    const asked = told(list, "parley-tickets");
    await becomes({ companies: [] });
    await opened();
    expect(asked).toEqual([]);
    await becomes({ companies: ["acme"] });
    await becomes({ companies: ["acme"] });
    expect(asked).toEqual([{ companies: ["acme"], state: "open" }]);
  });

  it("start a chat only while the contact is online, and say why not (C19, C20)", async () => {
    const pushed = told(list, "parley-push");
    await opened();
    press(list, "Chat with Carol Jones about ticket 7K3Q-9FMW");
    expect(pushed).toEqual([{ ticket: ticket.id, name: "Carol Jones", company: "acme" }]);
    const [online, away, offline] = all(list, "li");
    expect(words(online as Element)).toMatch(
      /^My screen stays black. 7K3Q-9FMW Carol Jones Online acme Opened 2 days ago Chat Close$/,
    );
    expect(words(away as Element)).toContain(
      "Erin Alexandra Featherstonehaugh-Montgomery is away. A chat can be started when they are back.",
    );
    expect(words(offline as Element)).toContain(
      "Grace Moss is offline. A chat can be started once they are online.",
    );
    expect(button(list, "Chat with Grace Moss about ticket Z8R1-00KQ")?.disabled).toBe(true);
    await becomes({ current: false });
    expect(button(list, "Chat with Carol Jones about ticket 7K3Q-9FMW")?.disabled).toBe(true);
    expect(words(list)).toContain("Looking whether Carol Jones is there…");
  });

  it("show the chat that goes on about one, or who is in it", async () => {
    await opened();
    const showed = told(list, "parley-show");
    const going = { ...session, ticket: about };
    await becomes({ sessions: [going] });
    press(list, "Show the chat about ticket 7K3Q-9FMW");
    expect(showed).toEqual([{ session: session.id }]);
    await becomes({ sessions: [{ ...going, participants: [{ ...bob, joined: true }] }] });
    expect(words(list)).toContain("Bob Baker is in a chat about it.");
    expect(button(list, "Chat with Carol Jones about ticket 7K3Q-9FMW")?.disabled).toBe(true);
  });

  it("show their sessions and transcripts when they are opened", async () => {
    await opened();
    const looks = told(list, "parley-look-ticket");
    const picks = told(list, "parley-pick");
    press(list, "Look into ticket 7K3Q-9FMW: My screen stays black.");
    expect(looks).toEqual([{ ticket: ticket.id }]);
    await becomes({ looked: { ticket: ticket.id, kind: "reading" } });
    expect(words(list)).toContain("Reading…");
    const over = { ...session, id: "acme/3", state: "ended" as const };
    await becomes({ looked: { ticket: ticket.id, kind: "here", sessions: [over] } });
    expect(words(list)).toContain("ended, Alice Archer One session is not kept any more.");
    one(list, "[aria-label^='Read the session of']").click();
    expect(picks).toEqual([{ session: "acme/3" }]);
    await becomes({ picked: { session: "acme/3", glimpse: { kind: "lines", entries } } });
    expect(words(one(list, "[aria-label='Messages of Carol Jones']"))).toContain(
      "Alice Archer: Good morning!",
    );
    await becomes({
      looked: {
        ticket: ticket.id,
        kind: "failed",
        fault: new Fault("not_found", "There is no such ticket."),
      },
    });
    expect(words(one(list, "[role=alert]"))).toBe("There is no such ticket.");
  });

  it("are closed and reopened, and say who closed them", async () => {
    await opened();
    const closing = told(list, "parley-close-ticket");
    press(list, "Close ticket 7K3Q-9FMW");
    expect(closing).toEqual([{ ticket }]);
    await becomes({ tickets: [closedTicket] });
    const reopened = told(list, "parley-reopen-ticket");
    expect(words(list)).toContain("Closed by Bob Baker 40 minutes ago: Replaced the cable.");
    expect(button(list, "Chat with Carol Jones about ticket 7K3Q-9FMW")).toBeUndefined();
    press(list, "Reopen ticket 7K3Q-9FMW");
    expect(reopened).toEqual([{ ticket: ticket.id }]);
  });

  it("say that there are none, that they are read, or why not, and bring more", async () => {
    await opened();
    const more = told(list, "parley-more-tickets");
    const asked = told(list, "parley-tickets");
    expect(button(list, "Show more tickets")).toBeUndefined();
    await becomes({ more: true });
    press(list, "Show more tickets");
    expect(more).toHaveLength(1);
    await becomes({ tickets: [], more: false });
    expect(words(list)).toContain("No ticket is open.");
    await becomes({ listing: { kind: "reading" } });
    expect(words(list)).toContain("Reading tickets…");
    await becomes({
      listing: { kind: "failed", fault: new Fault("unavailable", "There is no connection at the moment.") },
    });
    expect(words(list)).toContain("The tickets could not be read. There is no connection at the moment.");
    press(list, "Try again");
    expect(asked).toHaveLength(1);
  });
});

describe("The dialog of tickets", () => {
  let dialog: TicketDialog;

  beforeEach(async () => {
    dialog = await draw(html`<parley-ticket-dialog></parley-ticket-dialog>`);
  });

  const submit = async (text: string): Promise<void> => {
    write(oneOf(HTMLTextAreaElement, dialog, "textarea"), text);
    oneOf(HTMLFormElement, dialog, "form").requestSubmit();
    await settled(dialog);
  };

  it("closes a ticket with a note, or without one", async () => {
    const solved = told(dialog, "parley-solve");
    await dialog.show({ kind: "close", ticket });
    expect(words(dialog)).toContain("Close ticket 7K3Q-9FMW?");
    await submit(" Toner ");
    await dialog.show({ kind: "close", ticket });
    await submit("");
    await dialog.show({ kind: "close", ticket });
    press(dialog, "Cancel");
    expect(solved).toEqual([{ ticket: ticket.id, note: "Toner" }, { ticket: ticket.id }]);
  });

  it("opens a ticket for a contact, with a subject", async () => {
    const made = told(dialog, "parley-open-ticket");
    const contact = { contact: "c", name: "Carol Jones", company: "acme" };
    await dialog.show({ kind: "open", contact });
    await submit(" ");
    expect(words(dialog)).toContain("Say in a few words what it is about.");
    await submit("é".repeat(513));
    expect(words(dialog)).toContain("It is too long by about 1 character.");
    await submit("A new laptop");
    expect(made).toEqual([{ ...contact, subject: "A new laptop" }]);
  });
});
