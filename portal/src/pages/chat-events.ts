import { hear } from "../ui/events";
import { preferences } from "../ui/preferences";
import { playTone } from "../ui/tone";
import type { Chats } from "./chats";
import type { NoticeBoard } from "./notice-board";
import { followWindows } from "./window-events";

/** What is needed of the open chats to do what their windows tell. */
export type OpenChats = Pick<Chats, "live" | "line" | "remove" | "minimise" | "show" | "toLists">;

/** Does what the chat windows inside an element tell. */
export function followChats(root: EventTarget, chats: OpenChats, board: NoticeBoard): void {
  const attempt = (doing: Promise<void> | undefined): void => {
    doing?.catch((error: unknown) => board.trouble(error));
  };
  hear(root, "parley-say", ({ session, text, image }) => {
    try {
      chats.live(session)?.post(text, image);
      if (preferences().tone) playTone("sent");
    } catch (error) {
      board.trouble(error);
    }
  });
  hear(root, "parley-picture", ({ session, seq, take }) => {
    const image = chats.live(session)?.picture(seq);
    if (image) take(image);
  });
  hear(root, "parley-hide", ({ session, text, take }) => {
    const sent = chats.live(session)?.hide(text);
    if (sent) take(sent);
  });
  hear(root, "parley-reveal", ({ session, seq, take }) => {
    const text = chats.live(session)?.reveal(seq);
    if (text) take(text);
  });
  hear(root, "parley-draft", ({ session, text }) => chats.live(session)?.type(text));
  hear(root, "parley-discard", ({ session, message }) => chats.live(session)?.discard(message));
  hear(root, "parley-again", ({ session, message }) => {
    try {
      chats.live(session)?.retry(message);
    } catch (error) {
      board.trouble(error);
    }
  });
  hear(root, "parley-end", ({ session, note, solved }) => attempt(chats.live(session)?.end(note, solved)));
  hear(root, "parley-leave", ({ session }) => {
    attempt(
      chats
        .live(session)
        ?.leave()
        .then(() => chats.remove(session)),
    );
  });
  hear(root, "parley-close", ({ session }) => chats.remove(session));
  hear(root, "parley-minimise", ({ session }) => chats.minimise(session));
  hear(root, "parley-lists", () => chats.toLists());

  hear(root, "parley-ring", ({ session, media }) => attempt(chats.line(session)?.call(media)));
  hear(root, "parley-answer", ({ session, accept }) => {
    attempt(accept ? chats.line(session)?.answer() : chats.line(session)?.decline());
  });
  hear(root, "parley-hang-up", ({ session }) => attempt(chats.line(session)?.hangUp()));
  hear(root, "parley-microphone", ({ session, on }) => chats.line(session)?.mute(!on));
  hear(root, "parley-camera", ({ session, on }) => chats.line(session)?.turnCamera(on));
  hear(root, "parley-call-seen", ({ session }) => chats.line(session)?.dismiss());

  followWindows(root, chats, board);
}
