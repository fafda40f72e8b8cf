import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { controls } from "./controls";

/** One row of a long list: what it is known by, and how it is drawn. */
export interface LongRow {
  readonly key: string;
  readonly draw: () => TemplateResult;
}

const around = 6; // Rows beyond the screen that are drawn too, so that Tab finds the next one.
const unknown = 40; // Rows that are drawn before anything has a size.

const rowsHigh = (rows: number): string => `calc(${rows} * var(--row))`;

/**
 * A list of any length, of which only the rows near the screen are drawn. All
 * rows are of one height, --row. Places are set as properties, since a strict
 * Content-Security-Policy lets no style attribute pass. The row that has the focus stays, wherever the
 * list is scrolled to.
 */
@customElement("parley-long-list")
export class LongList extends LitElement {
  @property({ attribute: false }) rows: readonly LongRow[] = [];
  /** What a screen reader calls the list. */
  @property() label = "";

  @state() private first = 0;
  @state() private last = unknown;
  private focused = "";

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("scroll", this.look, { capture: true, passive: true });
    addEventListener("resize", this.look);
    this.addEventListener("focusout", () => (this.focused = ""));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("scroll", this.look, { capture: true });
    removeEventListener("resize", this.look);
  }

  protected override render(): TemplateResult {
    const count = this.rows.length;
    const shown = this.rows
      .slice(this.first, this.last)
      .map((row, index) => ({ row, place: this.first + index }));
    const held = this.rows.findIndex(({ key }) => key === this.focused);
    const row = this.rows[held];
    if (row && held < this.first) shown.unshift({ row, place: held });
    if (row && held >= this.last) shown.push({ row, place: held });
    return html`<div role="list" aria-label=${this.label} .style=${`height: ${rowsHigh(count)}`}>
      ${repeat(
        shown,
        ({ row: { key } }) => key,
        ({ row: { key, draw }, place }) =>
          html`<div
            role="listitem"
            aria-setsize=${count}
            aria-posinset=${place + 1}
            .style=${`top: ${rowsHigh(place)}`}
            @focusin=${() => (this.focused = key)}
          >
            ${draw()}
          </div>`,
      )}
    </div>`;
  }

  protected override updated(): void {
    this.look();
  }

  // Which rows the screen shows; where nothing has a size, the first ones. What is
  // drawn already beyond the screen is left until the reader comes near its end.
  private readonly look = (): void => {
    const { top, height } = this.getBoundingClientRect();
    const count = this.rows.length;
    if (height === 0 || count === 0) return;
    const each = height / count;
    const first = Math.max(0, Math.floor(-top / each));
    const last = Math.min(count, Math.ceil((innerHeight - top) / each));
    const enough = this.first <= first && this.last >= last;
    if (enough && this.last - this.first <= last - first + 4 * around) return;
    this.first = Math.max(0, first - around);
    this.last = Math.max(0, Math.min(count, last + around));
  };

  static override styles = [
    controls,
    css`
      :host {
        --row: 4rem;

        display: block;
      }

      [role="list"] {
        position: relative;
      }

      [role="listitem"] {
        position: absolute;
        inset-inline: 0;
        height: var(--row);
        border-bottom: 1px solid var(--line);
      }

      h3 {
        display: flex;
        align-items: end;
        height: 100%;
        padding-bottom: var(--s2);
        color: var(--ink-soft);
        font-size: var(--small);
        font-weight: 600;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-long-list": LongList;
  }
}
