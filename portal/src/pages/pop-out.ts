import { backOf } from "../ui/drafts";

/** The address of the window of one session, for whoever is signed in on this page. */
export function windowAddress(session: string, search = location.search): string {
  const query = new URLSearchParams(search);
  query.set("session", session);
  return `/chat/?${query.toString()}`;
}

const alone = new Map<string, Window>();

/** Whether a session is shown by a browser window of its own, which this page has opened. */
export function standsAlone(session: string): boolean {
  return alone.get(session)?.closed === false;
}

/** Opens a session in a browser window of its own; false where the browser does not let the page. */
export function popOut(session: string): boolean {
  // It is told apart by its name, so that a second click finds it again. It
  // keeps its opener, to which it goes back.
  const name = `parley ${session}`;
  const opened = window.open(windowAddress(session), name, "popup,width=460,height=720");
  opened?.focus();
  if (opened) alone.set(session, opened);
  return opened !== null;
}

/** Hears of windows that go back into the page. */
export function hearBack(page: EventTarget, show: (session: string) => void): void {
  page.addEventListener("message", (event) => {
    const back = backOf(event as MessageEvent);
    if (back) show(back.session);
  });
}
