import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Person, Session } from "../protocol/wire";
import { limits } from "../protocol/wire";
import { titleOf } from "./chat-notes";
import { controls } from "./controls";
import { dialogStyles } from "./dialog-styles";
import { tell } from "./events";
import { characters, room } from "./room";

/** Asks a technician for a note before a session is ended for everybody. */
@customElement("parley-closing")
export class ClosingDialog extends LitElement {
  @property({ attribute: false }) me!: Person;

  @state() private session: Session | undefined;
  @state() private complaint = "";
  @query("dialog") private readonly dialog!: HTMLDialogElement;
  @query("textarea") private readonly note!: HTMLTextAreaElement;
  @query("#solved") private readonly solved!: HTMLInputElement | null;

  /** Asks about a session. */
  async show(session: Session): Promise<void> {
    this.session = session;
    this.complaint = "";
    await this.updateComplete;
    this.note.value = "";
    if (this.solved) this.solved.checked = false;
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    const name = this.session ? titleOf(this.session, this.me) : "";
    return html`<dialog aria-labelledby="title" aria-describedby="meaning">
      <form novalidate @submit=${(event: Event) => this.submitted(event)}>
        <h2 id="title">${this.isOver() ? "Close this item?" : "End this session?"}</h2>
        <p id="meaning">
          ${
            this.isOver()
              ? `It leaves the list. ${name} is not told.`
              : `${name} is told, and nobody can write in it any more.`
          }
        </p>
        <label for="note">Closing note (optional)</label>
        <textarea
          id="note"
          rows="4"
          aria-describedby="complaint"
          aria-invalid=${this.complaint !== ""}
          @input=${() => (this.complaint = this.complaint && this.wrong())}
        ></textarea>
        ${this.ticket()}
        <p id="complaint" class="bad" role="alert">${this.complaint}</p>
        <p class="buttons">
          <button type="button" @click=${() => this.dialog.close()}>Cancel</button>
          <button class="danger" type="submit">End session</button>
        </p>
      </form>
    </dialog>`;
  }

  private ticket(): TemplateResult | typeof nothing {
    const ticket = this.session?.ticket;
    if (!ticket) return nothing;
    return html`<label class="solved">
      <input id="solved" type="checkbox" />
      <span>Close ticket ${ticket.number} too: the problem is solved</span>
    </label>`;
  }

  // What nobody answered has nobody in it who could be told.
  private isOver(): boolean {
    return this.session?.state === "abandoned";
  }

  private wrong(): string {
    const left = room(this.note.value.trim(), limits.maxNote);
    return left < 0 ? `The note is too long by about ${characters(-left)}.` : "";
  }

  private submitted(event: Event): void {
    event.preventDefault();
    this.complaint = this.wrong();
    if (this.complaint) return this.note.focus();
    const note = this.note.value.trim();
    const solved = this.solved?.checked === true;
    this.dialog.close();
    if (!this.session) return;
    tell(this, "parley-end", {
      session: this.session.id,
      ...(note ? { note } : {}),
      ...(solved ? { solved } : {}),
    });
  }

  static override styles = [
    controls,
    dialogStyles,
    css`
      #meaning {
        margin-bottom: var(--s4);
      }

      label {
        display: block;
        font-weight: 600;
      }

      textarea {
        width: 100%;
        resize: vertical;
      }

      .solved {
        display: flex;
        gap: var(--s2);
        align-items: center;
        min-height: var(--target);
        font-weight: 400;
      }

      .solved input {
        flex: none;
        width: 1.25rem;
        min-height: 0;
        height: 1.25rem;
        accent-color: var(--accent);
      }

      .bad {
        color: var(--bad);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-closing": ClosingDialog;
  }
}
