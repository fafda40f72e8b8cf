import type { ParleyClient, TicketList } from "../client/index";
import { hear, type Told } from "../ui/events";
import type { TicketDialog } from "../ui/ticket-dialog";
import type { NoticeBoard } from "./notice-board";

/** What the work needs of its page. */
export interface TicketPlace {
  tickets: Pick<TicketList, "list" | "showMore" | "look" | "looked" | "open" | "close" | "reopen"> &
    Pick<ParleyClient["tickets"], "addEventListener">;
  board: Pick<NoticeBoard, "done" | "trouble">;
  dialog: () => Pick<TicketDialog, "show"> | null;
  /** Something is to be drawn again. */
  changed(): void;
}

/** Does what a technician does with tickets, as the components inside an element tell. */
export function followTickets(root: EventTarget, place: TicketPlace): void {
  const { tickets, board } = place;
  const on = <Name extends keyof Told>(
    name: Name,
    doing: (wish: Told[Name]) => Promise<void> | undefined,
  ): void =>
    hear(root, name, (wish) => {
      doing(wish)?.catch((error: unknown) => board.trouble(error));
    });
  tickets.addEventListener("change", () => place.changed());
  on("parley-tickets", (query) => tickets.list(query));
  on("parley-more-tickets", () => tickets.showMore());
  hear(root, "parley-look-ticket", ({ ticket }) =>
    tickets.look(tickets.looked?.ticket === ticket ? undefined : ticket),
  );
  on("parley-new-ticket", (contact) => place.dialog()?.show({ kind: "open", contact }));
  on("parley-close-ticket", ({ ticket }) => place.dialog()?.show({ kind: "close", ticket }));
  on("parley-open-ticket", async ({ contact, name, company, subject }) => {
    const { number } = await tickets.open({ id: contact, company }, subject);
    board.done(`Ticket ${number} is open for ${name}.`);
  });
  on("parley-solve", async ({ ticket, note }) => {
    const { number } = await tickets.close(ticket, note);
    board.done(`Ticket ${number} is closed.`);
  });
  on("parley-reopen-ticket", async ({ ticket }) => {
    const { number } = await tickets.reopen(ticket);
    board.done(`Ticket ${number} is open again.`);
  });
}
