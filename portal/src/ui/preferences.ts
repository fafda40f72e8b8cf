/** What a person chose for this browser. */
export interface Preferences {
  /** Colours: the system's, or always these. */
  theme: "system" | "light" | "dark";
  /** A tone on every message that comes or goes. */
  tone: boolean;
  /** Whether a chat window closes by itself when the session is ended. */
  autoClose: boolean;
  /** Whether a chat that a technician opens stands in a browser window of its own. */
  ownWindow: boolean;
  /** Whether notifications of the system are still offered where the browser was not asked for them. */
  offerNotifications: boolean;
}

const key = "parley.preferences";
const usual: Preferences = {
  theme: "system",
  tone: true,
  autoClose: false,
  ownWindow: false,
  offerNotifications: true,
};

/** Reads the preferences; what is missing or unreadable is as usual. */
export function preferences(): Preferences {
  const { theme, tone, autoClose, ownWindow, offerNotifications } = kept();
  return {
    theme: theme === "light" || theme === "dark" ? theme : usual.theme,
    tone: typeof tone === "boolean" ? tone : usual.tone,
    autoClose: typeof autoClose === "boolean" ? autoClose : usual.autoClose,
    ownWindow: typeof ownWindow === "boolean" ? ownWindow : usual.ownWindow,
    offerNotifications:
      typeof offerNotifications === "boolean" ? offerNotifications : usual.offerNotifications,
  };
}

/** Keeps what was chosen, leaves the other preferences as they are, and shows the page by them. */
export function prefer(part: Partial<Preferences>): void {
  const chosen = { ...preferences(), ...part };
  try {
    localStorage.setItem(key, JSON.stringify(chosen));
  } catch {
    // A browser that keeps nothing still shows this page as chosen.
  }
  applyTheme(chosen.theme);
}

/** Gives the page the colours of a theme. */
export function applyTheme(theme: Preferences["theme"]): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
}

function kept(): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
    return typeof read === "object" && read !== null ? { ...read } : {};
  } catch {
    return {}; // Not ours, or the browser keeps nothing.
  }
}
