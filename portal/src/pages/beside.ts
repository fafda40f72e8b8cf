/**
 * The page that a chat shall stand beside, by the address of its own: a path of
 * the same origin, since whatever an address names would be shown as ours.
 */
export function besideOf({ search, origin }: Pick<Location, "search" | "origin">): string | undefined {
  const named = new URLSearchParams(search).get("beside");
  if (named === null) return undefined;
  if (!URL.canParse(named, origin)) return undefined;
  const page = new URL(named, origin);
  return page.origin === origin ? `${page.pathname}${page.search}` : undefined;
}
