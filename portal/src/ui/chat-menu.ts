import { isOver } from "../client/index";
import type { Person } from "../protocol/wire";
import { mayEnd, mayLeave, type ChatView } from "./chat-notes";
import type { MenuItem } from "./menu";

/** What the menu of a chat offers its reader, by the service's clock. */
export function menuOf(view: ChatView, me: Person, now: number): MenuItem[] {
  const { session } = view;
  const technician = me.role === "technician";
  const end = mayEnd(view, me, now) ? [{ id: "end", label: "End session" }] : [];
  const leave = mayLeave(session, me) ? [{ id: "leave", label: "Leave session" }] : [];
  const invite =
    technician && session.state === "active" && session.kind !== "staff"
      ? [{ id: "invite", label: "Invite somebody by a link" }]
      : [];
  const notice =
    technician && session.contact.role === "contact" && session.kind !== "staff"
      ? [{ id: "notice", label: "Send a message without a chat" }]
      : [];
  const away = isOver(session.state)
    ? [{ id: "close", label: "Close window" }, ...notice]
    : [...end, ...leave, ...invite, ...notice];
  return [
    ...away,
    { id: "preferences", label: "Settings and theme", apart: away.length > 0 },
    { id: "help", label: "Help and about" },
  ];
}
