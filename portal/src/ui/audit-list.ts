import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Audited } from "../protocol/wire";
import { controls } from "./controls";
import { tell } from "./events";
import { wholeTime } from "./time";

/** What administrators did, newest first. */
@customElement("parley-audit-list")
export class AuditList extends LitElement {
  /** Whose audit it is; empty for the deployment's. */
  @property() company = "";
  /** Undefined while it is being read. */
  @property({ attribute: false }) lines: readonly Audited[] | undefined;
  /** Whether older lines follow. */
  @property({ type: Boolean }) more = false;

  @state() private sought = "";

  protected override render(): TemplateResult {
    const found = (this.lines ?? []).filter((line) => hasWords(line, this.sought));
    return html`<section aria-labelledby="title">
      <h2 id="title">Audit</h2>
      <p class="lead">
        Who changed what, and when. Contacts, groups and devices stand in their company's list.
      </p>
      <form role="search" @submit=${(event: Event) => this.asks(event)}>
        <input
          name="company"
          aria-label="Company"
          placeholder="Company; empty: the deployment"
          .value=${this.company}
        />
        <button type="submit">Show</button>
        <input
          type="search"
          aria-label="Find among the shown lines"
          placeholder="Find a name or word"
          .value=${this.sought}
          @input=${(event: Event) => (this.sought = (event.target as HTMLInputElement).value)}
        />
        <button type="button" @click=${() => tell(this, "parley-export", null)}>Save as a file</button>
      </form>
      <p class="unseen" role="status">${this.lines ? `${found.length} lines shown` : ""}</p>
      ${this.listed(found)}
      ${this.more ? html`<button type="button" @click=${() => tell(this, "parley-more", null)}>Show older</button>` : nothing}
    </section>`;
  }

  private listed(found: readonly Audited[]): TemplateResult {
    if (!this.lines) return html`<p class="lead">Reading…</p>`;
    if (found.length === 0) return html`<p class="lead">Nothing that matches.</p>`;
    return html`<ol aria-label="What was done">
      ${found.map(
        (line) =>
          html`<li>
            <p><strong>${line.by.name}</strong> ${deedWords(line)}</p>
            ${(line.fields ?? []).map(({ field, from, to }) => html`<p class="field">${field}: ${from ?? "–"} → ${to ?? "–"}</p>`)}
            <p class="when">${wholeTime(line.at)}</p>
          </li>`,
      )}
    </ol>`;
  }

  private asks(event: Event): void {
    event.preventDefault();
    const company = new FormData(event.target as HTMLFormElement).get("company");
    tell(this, "parley-audit", { company: typeof company === "string" ? company.trim() : "" });
  }

  static override styles = [
    controls,
    css`
      h2 {
        font-size: var(--large);
      }

      .lead,
      .when {
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

      ol {
        margin-bottom: var(--s3);
        border: 1px solid var(--line);
        border-radius: var(--round);
        background: var(--surface);
      }

      li {
        padding: var(--s2) var(--s3);
        overflow-wrap: anywhere;
      }

      li + li {
        border-top: 1px solid var(--line);
      }

      .field,
      .when {
        font-size: var(--small);
      }
    `,
  ];
}

function deedWords({ did, what, name, record, company }: Audited): string {
  const whose = company === undefined ? "" : ` of ${company}`;
  return `${did} ${what.replace("_", " ")} ${name ?? record ?? ""}${whose}`.trim();
}

function hasWords(line: Audited, sought: string): boolean {
  const fields = (line.fields ?? []).flatMap(({ field, from, to }) => [field, from, to]);
  const text = [line.by.name, deedWords(line), line.record, ...fields].join(" ").toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** The lines as a file that spreadsheets read. What begins like a formula is not one. */
export function auditFile(lines: readonly Audited[]): string {
  const cell = (text: string): string =>
    `"${(/^[=+\-@]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const rows = lines.map((line) => [
    new Date(line.at).toISOString(),
    line.by.name,
    line.by.id,
    line.did,
    line.what,
    line.company ?? "",
    line.record ?? "",
    line.name ?? "",
    (line.fields ?? []).map(({ field, from, to }) => `${field}: ${from ?? ""} → ${to ?? ""}`).join("; "),
  ]);
  const head = ["at", "by", "by id", "did", "what", "company", "record", "name", "fields"];
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-audit-list": AuditList;
  }
}
