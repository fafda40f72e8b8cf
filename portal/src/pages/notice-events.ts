import type { Notices } from "../client/index";
import { hear } from "../ui/events";
import type { NoticeWrite } from "../ui/notice-write";
import { preferences } from "../ui/preferences";
import { playTone } from "../ui/tone";
import type { NoticeBoard } from "./notice-board";
import { notify } from "./notify";

/** Brings notices before their reader: by a notification of the system while they do not see the page. */
export function followNotices(root: EventTarget, notices: Notices, changed: () => void): void {
  const toasts = new Map<string, Notification>();
  notices.addEventListener("came", ({ detail: { notice, by, text } }) => {
    changed();
    if (preferences().tone) playTone("received");
    if (!document.hidden) return;
    const about = `${by.id} ${notice}`;
    const pressed = (): void => undefined; // The page in front shows it.
    const toast = notify({ title: `Message from ${by.name}`, body: text, about, stays: true, pressed });
    if (toast) toasts.set(about, toast);
  });
  hear(root, "parley-heed", ({ notice }) => {
    const about = `${notice.by.id} ${notice.notice}`;
    toasts.get(about)?.close();
    toasts.delete(about);
    notices.heed(notice).catch(() => undefined); // It was read all the same.
    changed();
  });
}

/** Lets a technician send notices, and tells them what became of those. */
export function followWriting(
  root: EventTarget,
  notices: Notices,
  board: Pick<NoticeBoard, "done" | "news">,
  dialog: () => NoticeWrite | null,
): void {
  notices.addEventListener("read", ({ detail: name }) => board.news(`${name} has read your message.`));
  hear(root, "parley-write-notice", (to) => void dialog()?.show(to));
  hear(root, "parley-notice", ({ to: { name, ...to }, text, take }) => {
    const sent = notices.send(to, text);
    take(sent);
    sent.then(
      () => board.done(`Your message is on the screen of ${name}.`),
      () => undefined, // The dialog says why.
    );
  });
}
