import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { limits } from "../protocol/wire";
import { controls } from "./controls";
import { dialogStyles } from "./dialog-styles";
import { tell } from "./events";
import { characters, room } from "./room";

/** Where a contact leaves a number and, if they like, a note. What was written stays until it was sent. */
@customElement("parley-callback")
export class CallbackDialog extends LitElement {
  @property() session = "";

  @state() private complaint = "";
  @state() private tooLong = "";
  @query("dialog") private readonly dialog!: HTMLDialogElement;
  @query("input") private readonly phone!: HTMLInputElement;
  @query("textarea") private readonly note!: HTMLTextAreaElement;

  /** Opens the dialog. */
  show(): void {
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="title">
      <form novalidate @submit=${(event: Event) => this.ask(event)}>
        <h2 id="title">Call me back</h2>
        <label for="phone">Your phone number</label>
        <input
          id="phone"
          type="tel"
          autocomplete="tel"
          required
          autofocus
          aria-describedby="complaint"
          aria-invalid=${this.complaint !== ""}
        />
        <p id="complaint" class="complaint" role="alert">${this.complaint || nothing}</p>
        <label for="note">Note <span class="soft">(if you like)</span></label>
        <textarea
          id="note"
          rows="3"
          placeholder="For example, when you can be reached"
          aria-describedby="too-long"
          aria-invalid=${this.tooLong !== ""}
        ></textarea>
        <p id="too-long" class="complaint" role="alert">${this.tooLong || nothing}</p>
        <p class="soft">The number and the note are added to your request, which then ends.</p>
        <p class="buttons">
          <button type="button" @click=${() => this.dialog.close()}>Cancel</button>
          <button class="primary" type="submit">Call me back</button>
        </p>
      </form>
    </dialog>`;
  }

  private ask(event: Event): void {
    event.preventDefault();
    const phone = this.phone.value.trim();
    const note = this.note.value.trim();
    const left = room(note, limits.maxProblem);
    this.complaint = phoneComplaint(phone);
    this.tooLong = left < 0 ? `Shorten it by about ${characters(-left)}.` : "";
    if (this.complaint !== "") this.phone.focus();
    else if (this.tooLong !== "") this.note.focus();
    else {
      this.dialog.close();
      tell(this, "parley-callback", { session: this.session, phone, note });
    }
  }

  static override styles = [
    controls,
    dialogStyles,
    css`
      dialog {
        width: min(26rem, 92vw);
      }

      form {
        display: grid;
        gap: var(--s1);
      }

      label {
        font-weight: 600;
      }

      input,
      textarea {
        width: 100%;
        margin-bottom: var(--s2);
      }

      textarea {
        resize: vertical;
      }

      .soft {
        color: var(--ink-soft);
        font-size: var(--small);
        font-weight: normal;
      }

      .complaint {
        color: var(--bad);
      }

      .complaint:empty {
        display: none;
      }
    `,
  ];
}

// The rule of the service: 3 to 32 digits, and what people write between them.
function phoneComplaint(phone: string): string {
  const digits = phone.replace(/\D/gu, "").length;
  if (digits === 0) return "Write the number at which we can call you.";
  if (/[^0-9+\-(). /]/u.test(phone))
    return "A phone number has digits, and + - ( ) . / or spaces between them.";
  if (digits < 3 || digits > 32 || phone.length > 64) return "A phone number has 3 to 32 digits.";
  return "";
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-callback": CallbackDialog;
  }
}
