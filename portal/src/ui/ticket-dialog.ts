import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { Ticket } from "../protocol/wire";
import { limits } from "../protocol/wire";
import { controls } from "./controls";
import { dialogStyles } from "./dialog-styles";
import { tell, type Told } from "./events";
import { characters, room } from "./room";

/** What is asked about: closing a ticket, or making one for a contact. */
type About = { kind: "close"; ticket: Ticket } | { kind: "open"; contact: Told["parley-new-ticket"] };

/** Asks a technician for a note before a ticket is closed, or for the subject of a new one. */
@customElement("parley-ticket-dialog")
export class TicketDialog extends LitElement {
  @state() private about: About | undefined;
  @state() private complaint = "";
  @query("dialog") private readonly dialog!: HTMLDialogElement;
  @query("textarea") private readonly field!: HTMLTextAreaElement;

  /** Asks. */
  async show(about: About): Promise<void> {
    this.about = about;
    this.complaint = "";
    await this.updateComplete;
    this.field.value = "";
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    const { title, meaning, label, action } = wordsOf(this.about);
    return html`<dialog aria-labelledby="title" aria-describedby="meaning">
      <form novalidate @submit=${(event: Event) => this.submitted(event)}>
        <h2 id="title">${title}</h2>
        <p id="meaning">${meaning}</p>
        <label for="text">${label}</label>
        <textarea
          id="text"
          rows="3"
          ?required=${this.about?.kind === "open"}
          aria-describedby="complaint"
          aria-invalid=${this.complaint !== ""}
          @input=${() => (this.complaint = this.complaint && this.wrong())}
        ></textarea>
        <p id="complaint" class="bad" role="alert">${this.complaint}</p>
        <p class="buttons">
          <button type="button" @click=${() => this.dialog.close()}>Cancel</button>
          <button class="primary" type="submit">${action}</button>
        </p>
      </form>
    </dialog>`;
  }

  private wrong(): string {
    const text = this.field.value.trim();
    const opens = this.about?.kind === "open";
    if (opens && text === "") return "Say in a few words what it is about.";
    const left = room(text, opens ? limits.maxProblem : limits.maxNote);
    return left < 0 ? `It is too long by about ${characters(-left)}.` : "";
  }

  private submitted(event: Event): void {
    event.preventDefault();
    this.complaint = this.wrong();
    if (this.complaint) return this.field.focus();
    const text = this.field.value.trim();
    const { about } = this;
    this.dialog.close();
    if (about?.kind === "open") tell(this, "parley-open-ticket", { ...about.contact, subject: text });
    if (about?.kind === "close")
      tell(this, "parley-solve", { ticket: about.ticket.id, ...(text && { note: text }) });
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

      .bad {
        color: var(--bad);
      }
    `,
  ];
}

function wordsOf(about: About | undefined): Record<"title" | "meaning" | "label" | "action", string> {
  if (about?.kind === "open") {
    const { name } = about.contact;
    return {
      title: `New ticket for ${name}`,
      meaning: `${name} finds it on their page and can chat about it; so can you, while they are online.`,
      label: "Subject",
      action: "Open ticket",
    };
  }
  const { number = "", contact } = about?.ticket ?? {};
  return {
    title: `Close ticket ${number}?`,
    meaning: `The problem of ${contact?.name ?? ""} is solved. A chat about it that goes on is not ended, and the ticket can be reopened.`,
    label: "Closing note (optional)",
    action: "Close ticket",
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-ticket-dialog": TicketDialog;
  }
}
