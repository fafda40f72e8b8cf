import { Fault } from "../client/index";
import { hear } from "../ui/events";
import type { Chats } from "./chats";
import type { NoticeBoard } from "./notice-board";
import { hearBack, popOut } from "./pop-out";

const blocked = new Fault(
  "forbidden",
  "The browser has blocked the new window. Allow pop-ups for this page, at the right end of the address bar, " +
    "and open the chat again. Until then it stays here.",
);

/** Does what chat windows tell about the session that they show, for both sides alike. */
export function followWindows(
  root: EventTarget,
  chats: Pick<Chats, "live" | "minimise" | "show">,
  board: Pick<NoticeBoard, "done" | "trouble">,
  page: EventTarget = window,
): void {
  const attempt = (doing: Promise<void> | undefined): void => {
    doing?.catch((error: unknown) => board.trouble(error));
  };
  hear(root, "parley-read", ({ session, seq }) => chats.live(session)?.read(seq));
  hear(root, "parley-nudge", ({ session }) => attempt(chats.live(session)?.nudge()));
  hear(root, "parley-callback", ({ session, phone, note }) => {
    attempt(chats.live(session)?.callback({ phone, note }));
  });
  hear(root, "parley-pop-out", ({ session }) => {
    standAlone(chats, board, session);
  });
  hearBack(page, (session) => {
    if (chats.live(session)) chats.show(session);
  });
  hear(root, "parley-done", ({ text }) => board.done(text));
  hear(root, "parley-trouble", ({ text }) => board.trouble(new Fault("invalid", text)));
}

/** Puts a session into a browser window of its own; false, and said why, where the browser does not let the page. */
export function standAlone(
  chats: Pick<Chats, "minimise">,
  board: Pick<NoticeBoard, "trouble">,
  session: string,
): boolean {
  const opened = popOut(session);
  if (opened) chats.minimise(session);
  else board.trouble(blocked);
  return opened;
}
