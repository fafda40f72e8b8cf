import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { limits } from "../protocol/wire";
import { controls } from "./controls";
import { dialogStyles } from "./dialog-styles";
import { tell, type NoticeFor } from "./events";
import { characters, room } from "./room";

/** Where a technician writes what a contact is shown without a session. It stays until it was sent. */
@customElement("parley-notice-write")
export class NoticeWrite extends LitElement {
  @state() private to: NoticeFor | undefined;
  @state() private complaint = "";
  @state() private sending = false;
  @query("dialog") private readonly dialog!: HTMLDialogElement;
  @query("textarea") private readonly field!: HTMLTextAreaElement;

  /** Opens the dialog for somebody. What was written to somebody else is gone. */
  async show(to: NoticeFor): Promise<void> {
    if (this.sending) return;
    if (this.to?.contact !== to.contact) this.field.value = "";
    this.to = to;
    this.complaint = "";
    await this.updateComplete;
    this.dialog.showModal();
    this.field.focus();
  }

  protected override render(): TemplateResult {
    const name = this.to?.name ?? "";
    return html`<dialog aria-labelledby="title" aria-describedby="meaning">
      <form novalidate @submit=${(event: Event) => void this.submitted(event)}>
        <h2 id="title">Send ${name} a message</h2>
        <p id="meaning">
          It is shown on their screen at once. No session begins, and the message is not kept.
        </p>
        <label for="text">Message</label>
        <textarea
          id="text"
          rows="4"
          aria-describedby="complaint"
          aria-invalid=${this.complaint !== ""}
          @input=${() => (this.complaint = this.complaint && this.wrong())}
        ></textarea>
        <p id="complaint" role="alert">${this.complaint}</p>
        <p class="buttons">
          <button type="button" @click=${() => this.dialog.close()}>Cancel</button>
          <button class="primary" type="submit" aria-disabled=${this.sending}>
            ${this.sending ? "Sending…" : "Send"}
          </button>
        </p>
      </form>
    </dialog>`;
  }

  private wrong(): string {
    const text = this.field.value.trim();
    if (text === "") return "Write what they shall read.";
    const left = room(text, limits.maxNotice);
    return left < 0 ? `Shorten it by about ${characters(-left)}.` : "";
  }

  private async submitted(event: Event): Promise<void> {
    event.preventDefault();
    if (this.sending || !this.to) return;
    this.complaint = this.wrong();
    if (this.complaint !== "") return this.field.focus();
    let sent: Promise<void> = Promise.resolve();
    const take = (sending: Promise<void>): void => void (sent = sending);
    tell(this, "parley-notice", { to: this.to, text: this.field.value.trim(), take });
    this.sending = true;
    try {
      await sent;
      this.field.value = "";
      this.dialog.close();
    } catch (error) {
      this.complaint = error instanceof Error ? error.message : "It could not be sent. Try again.";
      this.field.focus();
    } finally {
      this.sending = false;
    }
  }

  static override styles = [
    controls,
    dialogStyles,
    css`
      form {
        display: grid;
        gap: var(--s1);
      }

      h2 {
        overflow-wrap: anywhere;
      }

      label {
        margin-top: var(--s3);
        font-weight: 600;
      }

      textarea {
        width: 100%;
        resize: vertical;
      }

      #meaning {
        color: var(--ink-soft);
      }

      #complaint {
        color: var(--bad);
      }

      #complaint:empty {
        display: none;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-notice-write": NoticeWrite;
  }
}
