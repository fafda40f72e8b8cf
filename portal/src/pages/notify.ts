/** What a notification of the system says. */
export interface Toast {
  title: string;
  body: string;
  /** What it is about: a later one takes the place of an earlier one, on every page. */
  about: string;
  /** Whether it stays until somebody has heeded it. */
  stays: boolean;
  /** It was pressed, and the page is in front. */
  pressed: () => void;
}

/** Whether the browser shows notifications of this page; none where it cannot. */
export function notifying(): NotificationPermission | "none" {
  return typeof Notification === "undefined" ? "none" : Notification.permission;
}

/** Shows a notification of the system where the browser was allowed them; undefined where none is shown. */
export function notify({ title, body, about, stays, pressed }: Toast): Notification | undefined {
  if (notifying() !== "granted") return undefined;
  try {
    const options = { body, tag: about, renotify: true, icon: "/parley.svg", requireInteraction: stays };
    const shown = new Notification(title, options);
    shown.onclick = () => {
      shown.close();
      window.focus();
      pressed();
    };
    return shown;
  } catch {
    return undefined; // Some browsers of telephones have notifications only for installed pages.
  }
}
