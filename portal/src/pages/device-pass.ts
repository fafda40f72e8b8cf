const begins = "#pass.";
const kept = "parley-pass";

/** Where a page keeps its pass: it outlives a reload, and ends with the tab. */
export type Keep = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * The pass of a page that a device agent has opened: the secret in the fragment
 * of its address and a key that this browser makes, to which the service binds
 * it. It stays good over reloads; undefined where the page was opened otherwise.
 */
export function devicePass(fragment: string, keep: Keep): string | undefined {
  if (!fragment.startsWith(begins)) return keep.getItem(kept) ?? undefined;
  const pass = `${fragment.slice(1)}.${randomKey()}`;
  keep.setItem(kept, pass);
  return pass;
}

/** The drawer of this tab; one that forgets where the browser keeps nothing. */
export function drawer(): Keep {
  try {
    return sessionStorage;
  } catch {
    return { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  }
}

/** Forgets the pass. */
export function forgetPass(keep: Keep): void {
  keep.removeItem(kept);
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}
