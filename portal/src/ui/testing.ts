import { render, type LitElement, type TemplateResult } from "lit";
import { hear, type Told } from "./events";

/** Draws a component alone on the page and waits until it, and what is inside it, has been drawn. */
export async function draw<E extends LitElement>(template: TemplateResult): Promise<E> {
  const place = document.createElement("div");
  document.body.replaceChildren(place);
  render(template, place);
  const element = place.firstElementChild as E;
  await settled(element);
  return element;
}

/** Waits until a component and everything inside it has been drawn. */
export async function settled(element: LitElement): Promise<void> {
  await element.updateComplete;
  for (const inner of deep(element)) {
    if ("updateComplete" in inner) await (inner as LitElement).updateComplete;
  }
}

/** All elements inside, shadow trees too. */
export function deep(root: Element | ShadowRoot): Element[] {
  const inside = [...(root instanceof Element && root.shadowRoot ? [root.shadowRoot] : []), root];
  return inside.flatMap((one) => [...one.children].flatMap((child) => [child, ...deep(child)]));
}

/** The elements of a selector inside, shadow trees too. */
export function all(root: Element, selector: string): HTMLElement[] {
  return deep(root).filter((element): element is HTMLElement => element.matches(selector));
}

/** The first element of a selector inside; it throws when there is none. */
export function one(root: Element, selector: string): HTMLElement {
  return oneOf(HTMLElement, root, selector);
}

/** The first element of a selector inside that is of a class; it throws when there is none. */
export function oneOf<E extends HTMLElement>(kind: new () => E, root: Element, selector: string): E {
  const found = all(root, selector).find((element) => element instanceof kind);
  if (!found) throw new Error(`There is no ${selector}.`);
  return found as E;
}

/** The button of a name, as a screen reader says it; undefined when there is none. */
export function button(root: Element, name: string): HTMLButtonElement | undefined {
  const named = (element: HTMLElement): boolean => words(element, true) === name;
  return all(root, "button").find(named) as HTMLButtonElement | undefined;
}

/** Presses the button of a name; it throws when there is none. */
export function press(root: Element, name: string): void {
  const found = button(root, name);
  if (!found) throw new Error(`There is no button "${name}".`);
  found.click();
}

/** What a reader finds inside, in one line. */
export function words(element: Element, labels = false): string {
  const label = labels ? element.getAttribute("aria-label") : null;
  return (label ?? textOf(element)).replace(/\s+/g, " ").trim();
}

/** Writes into a field as a person would. */
export function write(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
}

/** Everything that a component tells under a name, from now on. */
export function told<Name extends keyof Told>(at: EventTarget, name: Name): Told[Name][] {
  const heard: Told[Name][] = [];
  hear(at, name, (detail) => heard.push(detail));
  return heard;
}

// The text in the order in which it is seen: what stands in a slot is seen there.
function textOf(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent ?? "";
  if (!(node instanceof Element) || node.matches("style, svg, [hidden]")) return "";
  const root = node.getRootNode();
  const slotted = node.localName === "slot" && root instanceof ShadowRoot ? root.host : undefined;
  const inside = slotted ?? node.shadowRoot ?? node;
  return ` ${[...inside.childNodes].map(textOf).join("")} `;
}
