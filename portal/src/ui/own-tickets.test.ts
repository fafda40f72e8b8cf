import { html } from "lit";
import { describe, expect, it } from "vitest";
import "./own-tickets";
import type { OwnTickets } from "./own-tickets";
import { ticket, tickets } from "./samples";
import { button, draw, press, settled, told, words } from "./testing";

describe("A contact's own tickets (C19)", () => {
  it("are shown with a chat about each, and not without any", async () => {
    const list = await draw<OwnTickets>(html`<parley-own-tickets></parley-own-tickets>`);
    expect(words(list)).toBe("");
    list.tickets = tickets;
    await settled(list);
    expect(words(list)).toContain("Ticket 7K3Q-9FMW, opened 2 days ago");
    const asked = told(list, "parley-ask");
    const name = "Chat about ticket 7K3Q-9FMW: My screen stays black.";
    press(list, name);
    expect(asked).toEqual([{ problem: ticket.subject, ticket: ticket.id }]);
    list.busy = true;
    await settled(list);
    press(list, name);
    expect(asked).toHaveLength(1);
  });

  it("come page by page", async () => {
    const list = await draw<OwnTickets>(html`<parley-own-tickets .tickets=${tickets}></parley-own-tickets>`);
    const more = told(list, "parley-more-tickets");
    expect(button(list, "Show more tickets")).toBeUndefined();
    list.more = true;
    await settled(list);
    press(list, "Show more tickets");
    expect(more).toHaveLength(1);
  });
});
