/**
 * Shows on the page's tab what it is and how much waits for its reader: a number
 * before the title and a dot on the icon.
 */
export function showSigns(title: string, count: number, page: Document = document): void {
  page.title = count > 0 ? `(${count}) ${title}` : title;
  const icon = page.querySelector<HTMLLinkElement>("link[rel=icon]");
  const href = count > 0 ? "/parley-dot.svg" : "/parley.svg";
  if (icon && icon.getAttribute("href") !== href) icon.setAttribute("href", href);
}
