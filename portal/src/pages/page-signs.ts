/**
 * Shows on the page's tab how much waits for its reader: a number in the title
 * and a dot on the icon.
 */
export function showCount(count: number, page: Document = document): void {
  page.title = count > 0 ? `(${count}) Parley` : "Parley";
  const icon = page.querySelector<HTMLLinkElement>("link[rel=icon]");
  const href = count > 0 ? "/parley-dot.svg" : "/parley.svg";
  if (icon && icon.getAttribute("href") !== href) icon.setAttribute("href", href);
}
