import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { controls } from "./controls";
import { emoji, type Emoji } from "./emoji";
import { icon } from "./icons";

const columns = 10;

/**
 * A button that opens a grid of emoji. In the grid the arrow keys go around,
 * Home and End to the ends, and Escape closes it. It tells the sign as `pick`.
 */
@customElement("parley-emoji")
export class EmojiPicker extends LitElement {
  @state() private open = false;
  @state() private at = 0;
  @query("#button") private readonly button!: HTMLButtonElement;

  protected override render(): TemplateResult {
    return html`
      <button
        id="button"
        class="icon quiet"
        type="button"
        aria-label="Insert an emoji"
        title="Insert an emoji"
        aria-haspopup="dialog"
        aria-expanded=${this.open}
        @click=${() => (this.open ? this.close() : this.show())}
      >
        ${icon("smile")}
      </button>
      ${this.open ? this.grid() : nothing}
    `;
  }

  private grid(): TemplateResult {
    return html`<div
      class="grid"
      role="dialog"
      aria-label="Emoji"
      @keydown=${(event: KeyboardEvent) => this.pressed(event)}
      @focusout=${(event: FocusEvent) => this.left(event)}
    >
      ${emoji.map((one, i) => this.cell(one, i))}
    </div>`;
  }

  private cell([sign, name]: Emoji, i: number): TemplateResult {
    return html`<button
      class="quiet"
      type="button"
      aria-label=${name}
      title=${name}
      tabindex=${i === this.at ? 0 : -1}
      @click=${() => this.pick(sign)}
    >
      ${sign}
    </button>`;
  }

  private show(): void {
    this.open = true;
    this.at = 0;
    this.focusCell();
  }

  private close(): void {
    this.open = false;
    this.button.focus();
  }

  private pick(sign: string): void {
    this.close();
    this.dispatchEvent(new CustomEvent("pick", { detail: sign }));
  }

  private focusCell(): void {
    void this.updateComplete.then(() => {
      this.renderRoot.querySelectorAll<HTMLElement>(".grid button")[this.at]?.focus();
    });
  }

  private pressed(event: KeyboardEvent): void {
    const to = target(event.key, this.at);
    if (event.key === "Escape") this.close();
    else if (to === undefined) return;
    else {
      this.at = Math.min(Math.max(to, 0), emoji.length - 1);
      this.focusCell();
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private left({ relatedTarget }: FocusEvent): void {
    if (relatedTarget instanceof Node && this.renderRoot.contains(relatedTarget)) return;
    this.open = false;
  }

  static override styles = [
    controls,
    css`
      :host {
        position: relative;
        display: inline-block;
      }

      .grid {
        position: absolute;
        z-index: 20;
        bottom: calc(100% + var(--s2));
        left: 0;
        display: grid;
        grid-template-columns: repeat(10, 1fr);
        width: min(21rem, 88vw);
        padding: var(--s1);
        border: 1px solid var(--line);
        border-radius: var(--round);
        background: var(--surface);
        box-shadow: var(--shadow);
      }

      .grid button {
        min-width: 0;
        min-height: 1.9rem;
        padding: 0;
        font-size: 1.15rem;
      }
    `,
  ];
}

function target(key: string, at: number): number | undefined {
  switch (key) {
    case "ArrowRight":
      return at + 1;
    case "ArrowLeft":
      return at - 1;
    case "ArrowDown":
      return at + columns < emoji.length ? at + columns : at;
    case "ArrowUp":
      return at - columns >= 0 ? at - columns : at;
    case "Home":
      return 0;
    case "End":
      return emoji.length - 1;
    default:
      return undefined;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-emoji": EmojiPicker;
  }
}
