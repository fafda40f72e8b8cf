/** What a person chose for this browser. */
export interface Preferences {
  /** Colours: the system's, or always these. */
  theme: "system" | "light" | "dark";
  /** A tone on every message that comes or goes. */
  tone: boolean;
}

const key = "parley.preferences";
const usual: Preferences = { theme: "system", tone: true };

/** Reads the preferences; what is missing or unreadable is as usual. */
export function preferences(): Preferences {
  const { theme, tone } = kept();
  return {
    theme: theme === "light" || theme === "dark" ? theme : usual.theme,
    tone: typeof tone === "boolean" ? tone : usual.tone,
  };
}

/** Keeps the preferences and shows the page by them. */
export function prefer(chosen: Preferences): void {
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
