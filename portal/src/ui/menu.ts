import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { controls } from "./controls";
import { icon } from "./icons";

/** One line of a menu. With `chosen` it is one of a set of which one is chosen. */
export interface MenuItem {
  id: string;
  label: string;
  picture?: TemplateResult;
  chosen?: boolean;
  /** A thin line before it. */
  apart?: boolean;
}

/**
 * A button that opens a menu, with the keys of the ARIA menu button pattern.
 * What the button shows goes into the slot. It tells the chosen id as `choose`.
 */
@customElement("parley-menu")
export class Menu extends LitElement {
  /** The button's name for a screen reader; what it shows when empty. */
  @property() name = "";
  /** Whether the list stands above the button, from its left. */
  @property({ type: Boolean, reflect: true }) up = false;
  @property({ attribute: false }) items: readonly MenuItem[] = [];

  @state() private open = false;
  @query("#button") private readonly button!: HTMLButtonElement;

  protected override render(): TemplateResult {
    return html`
      <button
        id="button"
        class="quiet"
        type="button"
        aria-label=${this.name || nothing}
        aria-haspopup="menu"
        aria-expanded=${this.open}
        @click=${() => (this.open ? this.close() : this.show(0))}
        @keydown=${(event: KeyboardEvent) => this.buttonKey(event)}
      >
        <slot></slot>
      </button>
      ${
        this.open
          ? html`<div
              class="list"
              role="menu"
              aria-label=${this.name || "Menu"}
              @keydown=${(event: KeyboardEvent) => this.listKey(event)}
              @focusout=${(event: FocusEvent) => this.focusLeft(event)}
            >
              ${this.items.map((item) => this.item(item))}
            </div>`
          : nothing
      }
    `;
  }

  private item({ id, label, picture, chosen, apart }: MenuItem): TemplateResult {
    return html`
      ${apart ? html`<div class="apart" role="separator"></div>` : nothing}
      <button
        class="quiet"
        type="button"
        tabindex="-1"
        role=${chosen === undefined ? "menuitem" : "menuitemradio"}
        aria-checked=${chosen ?? nothing}
        @click=${() => this.choose(id)}
      >
        ${picture}<span class="label">${label}</span>${chosen ? icon("tick") : nothing}
      </button>
    `;
  }

  private show(at: number): void {
    this.open = true;
    void this.updateComplete.then(() => this.choices().at(at)?.focus());
  }

  private close(): void {
    this.open = false;
    this.button.focus();
  }

  private choose(id: string): void {
    this.close();
    this.dispatchEvent(new CustomEvent("choose", { detail: id }));
  }

  private choices(): HTMLButtonElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLButtonElement>("[role^=menuitem]")];
  }

  private buttonKey(event: KeyboardEvent): void {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    this.show(event.key === "ArrowDown" ? 0 : -1);
  }

  private listKey(event: KeyboardEvent): void {
    const choices = this.choices();
    const here = choices.indexOf(this.shadowRoot?.activeElement as HTMLButtonElement);
    const to = target(event.key, here, choices);
    if (event.key === "Escape") this.close();
    else if (to !== undefined) choices[to]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private focusLeft(event: FocusEvent): void {
    const to = event.relatedTarget;
    if (to instanceof Node && this.renderRoot.contains(to)) return;
    this.open = false;
  }

  static override styles = [
    controls,
    css`
      :host {
        position: relative;
        display: inline-block;
      }

      #button {
        min-width: var(--target);
        padding: 0 var(--s2);
      }

      .list {
        position: absolute;
        z-index: 20;
        top: calc(100% + var(--s1));
        right: 0;
        width: max-content;
        min-width: 12rem;
        max-width: 80vw;
        padding: var(--s1);
        border: 1px solid var(--line);
        border-radius: var(--round);
        background: var(--surface);
        box-shadow: var(--shadow);
      }

      :host([up]) .list {
        top: auto;
        right: auto;
        bottom: calc(100% + var(--s1));
        left: 0;
      }

      .list button {
        width: 100%;
        justify-content: flex-start;
      }

      .label {
        flex: 1;
        text-align: start;
      }

      .apart {
        margin: var(--s1) 0;
        border-top: 1px solid var(--line);
      }
    `,
  ];
}

// Where a key leads: to the next or previous item in the round, the first or
// last, or the next that begins with a letter; undefined if nowhere.
function target(key: string, here: number, choices: HTMLElement[]): number | undefined {
  const many = choices.length;
  if (key === "ArrowDown") return (here + 1) % many;
  if (key === "ArrowUp") return (here - 1 + many) % many;
  if (key === "Home") return 0;
  if (key === "End") return many - 1;
  if (key.length !== 1 || key === " ") return undefined;
  const begins = (i: number): boolean =>
    choices[i % many]?.textContent.trim().toLowerCase().startsWith(key.toLowerCase()) ?? false;
  for (let step = 1; step <= many; step++) if (begins(here + step)) return (here + step) % many;
  return undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-menu": Menu;
  }
}
