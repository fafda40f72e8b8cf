import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { DirectoryRecord, RecordKind } from "../protocol/wire";
import { controls } from "./controls";
import { tell } from "./events";
import { kinds, recordWords } from "./record-kinds";

/** The records of one kind, to be searched, added, changed and opened. */
@customElement("parley-records")
export class RecordList extends LitElement {
  @property() kind: RecordKind = "company";
  /** Whose records they are; empty for the deployment's. */
  @property() company = "";
  /** Undefined while they are being read. */
  @property({ attribute: false }) records: readonly DirectoryRecord[] | undefined;
  /** Whether another page follows. */
  @property({ type: Boolean }) more = false;

  @state() private sought = "";

  protected override render(): TemplateResult {
    const { one, many, lead } = kinds[this.kind];
    return html`
      <section aria-labelledby="title">
        <h2 id="title">
          ${many}${this.company ? html` <span class="of">of ${this.company}</span>` : nothing}
        </h2>
        <p class="lead">${lead}</p>
        <form role="search" @submit=${(event: Event) => this.find(event)}>
          <input
            type="search"
            aria-label=${`Find among ${many.toLowerCase()}`}
            placeholder="Name or id; * ends a part of a word"
            .value=${this.sought}
            @input=${(event: Event) => (this.sought = (event.target as HTMLInputElement).value)}
          />
          <button type="submit">Find</button>
          <button class="primary" type="button" @click=${() => tell(this, "parley-edit", {})}>
            Add a ${one}
          </button>
        </form>
        <p class="unseen" role="status">${this.records ? `${this.records.length} shown` : ""}</p>
        ${this.listed(many)}
        ${this.more ? html`<button type="button" @click=${() => tell(this, "parley-more", null)}>Show more</button>` : nothing}
      </section>
    `;
  }

  private listed(many: string): TemplateResult {
    if (!this.records) return html`<p class="none">Reading…</p>`;
    if (this.records.length === 0)
      return html`<p class="none">
        ${this.sought ? "None matches. Look for something else." : "There are none yet."}
      </p>`;
    return html`<ul aria-label=${many}>
      ${repeat(
        this.records,
        ({ id }) => id,
        (record) => this.row(record),
      )}
    </ul>`;
  }

  private row(record: DirectoryRecord): TemplateResult {
    return html`<li>
      <div class="what">
        <p class="name">
          ${record.name} <span class="id">${record.id === record.name ? "" : record.id}</span>
        </p>
        <p class="says">${recordWords(record)}</p>
      </div>
      <div class="acts">
        ${
          this.kind === "company"
            ? html`<a href=${`#/company/${record.id}/contact`} aria-label=${`Open ${record.name}`}>Open</a>`
            : nothing
        }
        <button
          type="button"
          aria-label=${`Change ${record.name}`}
          @click=${() => tell(this, "parley-edit", { record })}
        >
          Change
        </button>
      </div>
    </li>`;
  }

  private find(event: Event): void {
    event.preventDefault();
    tell(this, "parley-find", { words: this.sought.trim() });
  }

  static override styles = [
    controls,
    css`
      h2 {
        font-size: var(--large);
      }

      .of,
      .id {
        color: var(--ink-soft);
        font-weight: 400;
      }

      .id,
      .says {
        font-size: var(--small);
        overflow-wrap: anywhere;
      }

      .lead,
      .says,
      .none {
        color: var(--ink-soft);
      }

      form {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s2);
        margin: var(--s3) 0;
      }

      input {
        flex: 1 1 12rem;
        min-width: 0;
      }

      ul {
        margin-bottom: var(--s3);
        border: 1px solid var(--line);
        border-radius: var(--round);
        background: var(--surface);
      }

      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--s2);
        padding: var(--s2) var(--s3);
      }

      li + li {
        border-top: 1px solid var(--line);
      }

      .what {
        flex: 1 1 12rem;
        min-width: 0;
      }

      .acts {
        display: flex;
        gap: var(--s2);
      }

      .name {
        overflow-wrap: anywhere;
        font-weight: 600;
      }

      a {
        display: inline-flex;
        align-items: center;
        min-height: var(--target);
        padding: 0 var(--s2);
        color: var(--accent);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-records": RecordList;
  }
}
