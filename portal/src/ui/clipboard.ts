import { tell } from "./events";

/**
 * Puts a text on the clipboard, and tells the page what came of it.
 * @param done what to say once it is there
 * @param instead what to do where the browser does not allow it
 */
export async function toClipboard(
  from: EventTarget,
  text: string,
  done: string,
  instead: string,
): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell(from, "parley-done", { text: done });
  } catch {
    tell(from, "parley-trouble", {
      text: `The browser does not let this page use the clipboard. ${instead}`,
    });
  }
}
