import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { DirectoryRecord } from "../protocol/wire";
import "./confirm";
import type { Confirm } from "./confirm";
import { controls } from "./controls";
import { dialogStyles } from "./dialog-styles";
import { tell } from "./events";
import { changeWords, fieldText, kinds, withField, type RecordField } from "./record-kinds";

/** Asks what a record shall say. It stays open until the record is kept. */
@customElement("parley-record")
export class RecordDialog extends LitElement {
  @state() private seen: DirectoryRecord | undefined; // As the administrator saw it.
  @state() private draft: DirectoryRecord | undefined;
  @state() private theirs: DirectoryRecord | undefined; // What somebody else has made of it meanwhile.
  @state() private complaint = "";
  @state() private busy = false;
  @query("dialog") private readonly dialog!: HTMLDialogElement;
  @query("parley-confirm") private readonly confirmation!: Confirm;

  /** Asks about a record; a new one has no version. */
  async show(record: DirectoryRecord): Promise<void> {
    this.seen = this.draft = record;
    this.theirs = undefined;
    this.complaint = "";
    this.busy = false;
    await this.updateComplete;
    this.dialog.showModal();
  }

  /** The record was kept or removed. */
  done(): void {
    this.dialog.close();
  }

  /** The record was not kept; theirs is what somebody else has made of it meanwhile. */
  refused(why: string, theirs?: DirectoryRecord): void {
    this.busy = false;
    this.complaint = why;
    this.theirs = theirs;
  }

  protected override render(): TemplateResult {
    const { draft } = this;
    if (!draft) return html`<dialog></dialog>`;
    const { one, fields } = kinds[draft.kind];
    const fresh = draft.version === 0;
    return html`<dialog aria-labelledby="title">
        <form novalidate @submit=${(event: Event) => this.submitted(event)}>
          <h2 id="title">${fresh ? `Add a ${one}` : `Change ${this.seen?.name ?? ""}`}</h2>
          ${
            fresh
              ? this.idField(
                  draft,
                  fields.some((field) => field.name === "subject"),
                )
              : nothing
          }
          ${fields.map((field) => this.field(draft, field))}
          <div role="alert">
            ${this.complaint ? html`<p class="bad">${this.complaint}</p>` : nothing}${this.meanwhile()}
          </div>
          <p class="buttons">
            ${
              fresh
                ? nothing
                : html`<button class="remove" type="button" @click=${() => void this.removes()}>
                    Remove…
                  </button>`
            }
            <button type="button" @click=${() => this.dialog.close()}>Cancel</button>
            <button class="primary" type="submit" aria-disabled=${this.busy}>
              ${this.theirs ? "Save mine over it" : "Save"}
            </button>
          </p>
        </form>
      </dialog>
      <parley-confirm question=${`Remove ${this.seen?.name ?? ""}?`} action="Remove" loses>
        <p>${this.loss(draft)}</p>
      </parley-confirm>`;
  }

  private idField(draft: DirectoryRecord, person: boolean): TemplateResult {
    return html`<label for="id">Id</label>
      <input
        id="id"
        autocomplete="off"
        aria-describedby="id-hint"
        .value=${draft.id}
        @input=${(event: Event) => this.write((now) => ({ ...now, id: (event.target as HTMLInputElement).value }))}
      />
      <p id="id-hint" class="hint">
        ${person ? "Leave it empty and give issuer and subject. " : "Lower-case letters, digits and hyphens. "}It
        cannot be changed later.
      </p>`;
  }

  private field(draft: DirectoryRecord, field: RecordField): TemplateResult {
    const text = fieldText(draft, field);
    const write = (value: string): void => this.write((now) => withField(now, field, value));
    const hint = field.hint ? html`<p id=${`${field.name}-hint`} class="hint">${field.hint}</p>` : nothing;
    const described = field.hint ? `${field.name}-hint` : nothing;
    if (field.as === "flag")
      return html`<label class="check"
        ><input
          type="checkbox"
          .checked=${text !== ""}
          @change=${() => write(text ? "" : "yes")}
        />${field.label}</label
      >`;
    if (field.as === "choice")
      return html`<label for=${field.name}>${field.label}</label>
        <select
          id=${field.name}
          aria-describedby=${described}
          @change=${(event: Event) => write((event.target as HTMLSelectElement).value)}
        >
          ${[
            ["", "Not set: the wider level decides"],
            ["on", "On"],
            ["off", "Off"],
          ].map(
            ([value, words]) =>
              html`<option value=${value ?? ""} ?selected=${value === text}>${words}</option>`,
          )}
        </select>
        ${hint}`;
    if (field.of) return this.several(field, text, write);
    return html`<label for=${field.name}>${field.label}</label>
      <input
        id=${field.name}
        autocomplete="off"
        aria-describedby=${described}
        .value=${text}
        @change=${(event: Event) => write((event.target as HTMLInputElement).value)}
      />
      ${hint}`;
  }

  private several({ label, of }: RecordField, text: string, write: (value: string) => void): TemplateResult {
    const chosen = text.split(" ").filter(Boolean);
    const flip = (word: string): void =>
      write((chosen.includes(word) ? chosen.filter((one) => one !== word) : [...chosen, word]).join(" "));
    return html`<fieldset>
      <legend>${label}</legend>
      ${of?.map(
        (word) =>
          html`<label class="check"
            ><input
              type="checkbox"
              .checked=${chosen.includes(word)}
              @change=${() => flip(word)}
            />${word}</label
          >`,
      )}
    </fieldset>`;
  }

  // What the other administrator has changed, so that nothing is lost unseen.
  private meanwhile(): TemplateResult | typeof nothing {
    const { seen, theirs } = this;
    if (!seen || !theirs) return nothing;
    return html`<p>Meanwhile:</p>
      <ul class="changes">
        ${changeWords(seen, theirs).map((words) => html`<li>${words}</li>`)}
      </ul>
      <p>
        <button type="button" @click=${() => this.takeTheirs(theirs)}>Take that, and drop my changes</button>
      </p>`;
  }

  private takeTheirs(theirs: DirectoryRecord): void {
    this.seen = this.draft = theirs;
    this.theirs = undefined;
    this.complaint = "";
  }

  private loss({ kind }: DirectoryRecord): string {
    if (kind === "role") return "Technicians who have this role are able to do nothing any more.";
    if (kind === "scope") return "Technicians who have this scope see nothing any more.";
    if (kind === "company") return "Its own settings are lost. Its contacts, groups and devices stay.";
    return "What is set for it is lost, and what the wider level says holds.";
  }

  // Of two changes before the next drawing none is lost.
  private write(change: (now: DirectoryRecord) => DirectoryRecord): void {
    if (this.draft) this.draft = change(this.draft);
  }

  private submitted(event: Event): void {
    event.preventDefault();
    const { draft, theirs } = this;
    if (!draft || this.busy) return;
    this.busy = true;
    if (theirs) this.seen = theirs;
    tell(this, "parley-put", {
      record: { ...draft, id: draft.id.trim(), version: (theirs ?? draft).version },
    });
  }

  private async removes(): Promise<void> {
    const record = this.theirs ?? this.seen;
    if (record && (await this.confirmation.ask())) tell(this, "parley-remove", { record });
  }

  static override styles = [
    controls,
    dialogStyles,
    css`
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--s1);
      }

      label,
      legend {
        font-weight: 600;
      }

      input:not([type="checkbox"]),
      select {
        width: 100%;
      }

      .check {
        display: flex;
        align-items: center;
        gap: var(--s2);
        min-height: var(--target);
        font-weight: 400;
      }

      [type="checkbox"] {
        width: 1.1rem;
        height: 1.1rem;
        min-height: 0;
        accent-color: var(--accent);
      }

      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
      }

      .hint {
        margin-bottom: var(--s2);
        color: var(--ink-soft);
        font-size: var(--small);
      }

      .changes {
        margin-left: var(--s4);
        list-style: disc;
        overflow-wrap: anywhere;
      }

      .bad {
        color: var(--bad);
      }

      .remove {
        margin-inline-end: auto;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-record": RecordDialog;
  }
}
