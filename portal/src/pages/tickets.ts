import { newSecret, type Ticket } from "../client/index";

const place = "parley.invitation";

/** The ticket with which this tab came; undefined where it has none. */
export function keptTicket(): Ticket | undefined {
  return read("sessionStorage");
}

/**
 * Makes the ticket for a secret, and keeps it before it is shown to the service,
 * so that nothing that happens in between locks this browser out.
 */
export function makeTicket(secret: string, name: string, device: string): Ticket {
  const before = read("localStorage");
  const key = before?.secret === secret ? before.key : newSecret();
  const ticket = { secret, key, name, ...(device !== "" && { device }) };
  write(JSON.stringify(ticket));
  return ticket;
}

/** Forgets the ticket: its session is over. */
export function forgetTicket(): void {
  write(null);
}

function read(where: "sessionStorage" | "localStorage"): Ticket | undefined {
  try {
    return (JSON.parse(globalThis[where].getItem(place) ?? "null") as Ticket | null) ?? undefined;
  } catch {
    return undefined; // Kept by nobody, or by something else.
  }
}

// Where the browser keeps nothing, the ticket lasts as long as the page.
function write(text: string | null): void {
  for (const where of ["sessionStorage", "localStorage"] as const) {
    try {
      if (text === null) globalThis[where].removeItem(place);
      else globalThis[where].setItem(place, text);
    } catch {
      continue;
    }
  }
}
