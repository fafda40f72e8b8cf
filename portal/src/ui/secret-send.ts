import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { Fault } from "../client/index";
import { limits } from "../protocol/wire";
import { controls } from "./controls";
import { dialogStyles } from "./dialog-styles";
import { tell } from "./events";
import { icon } from "./icons";
import { characters, room } from "./room";

/** Where a password or key is written that one other person is shown once. It is kept nowhere, not even as a draft. */
@customElement("parley-secret-send")
export class SecretSend extends LitElement {
  @property() session = "";
  /** Who may see it: "Carol Jones". */
  @property() to = "";

  @state() private readable = false;
  @state() private sending = false;
  @state() private complaint = "";
  @query("dialog") private readonly dialog!: HTMLDialogElement;
  @query("textarea") private readonly field!: HTMLTextAreaElement;

  /** Asks for the secret, beginning with a text. */
  async show(text = ""): Promise<void> {
    this.readable = false;
    this.complaint = "";
    await this.updateComplete;
    this.field.value = text;
    this.dialog.showModal();
    this.field.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget();
  }

  protected override render(): TemplateResult {
    return html`<dialog
      aria-labelledby="title"
      aria-describedby="meaning"
      @close=${() => this.forget()}
      @cancel=${(event: Event) => this.sending && event.preventDefault()}
    >
      <form novalidate @submit=${(event: Event) => this.submitted(event)}>
        <h2 id="title">Send as secret</h2>
        <p id="meaning">
          ${this.to || "The other side"} can look at it once, within an hour and while this session lasts.
          Then it is deleted. It stands in no history, no saved copy and no notification.
        </p>
        <label for="secret">Password, key or number</label>
        <textarea
          id="secret"
          class=${this.readable ? "" : "veiled"}
          rows="3"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          aria-describedby="complaint"
          aria-invalid=${this.complaint !== ""}
          @input=${() => (this.complaint = this.complaint && this.wrong())}
        ></textarea>
        <button
          class="quiet"
          type="button"
          aria-pressed=${this.readable}
          @click=${() => (this.readable = !this.readable)}
        >
          ${icon("read")}${this.readable ? "Hide what I write" : "Show what I write"}
        </button>
        <p id="complaint" class="bad" role="alert">${this.complaint}</p>
        <p class="buttons">
          <button type="button" aria-disabled=${this.sending} @click=${() => this.cancel()}>Cancel</button>
          <button class="primary" type="submit" aria-disabled=${this.sending}>
            ${icon("lock")}${this.sending ? "Sending…" : "Send secret"}
          </button>
        </p>
      </form>
    </dialog>`;
  }

  private cancel(): void {
    if (!this.sending) this.dialog.close();
  }

  private wrong(): string {
    const left = room(this.field.value, limits.maxSecret);
    if (this.field.value.trim() === "") return "Write what is to be sent.";
    return left < 0 ? `This is too long by about ${characters(-left)}. Send it in two parts.` : "";
  }

  private submitted(event: Event): void {
    event.preventDefault();
    if (this.sending) return;
    this.complaint = this.wrong();
    if (this.complaint) return this.field.focus();
    tell(this, "parley-hide", {
      session: this.session,
      text: this.field.value,
      take: (sent) => void this.wait(sent),
    });
  }

  private async wait(sent: Promise<void>): Promise<void> {
    this.sending = true;
    try {
      await sent;
      this.sending = false;
      this.dialog.close();
      this.dispatchEvent(new CustomEvent("sent"));
    } catch (error) {
      this.sending = false;
      this.complaint = `Not sent. ${Fault.from(error).message}`;
      this.field.focus();
    }
  }

  private forget(): void {
    if (this.hasUpdated) this.field.value = "";
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
        font-family: ui-monospace, monospace;
        resize: vertical;
      }

      /* Dots, as in a field for passwords, which has one line only. */
      .veiled {
        -webkit-text-security: disc;
      }

      .bad {
        color: var(--bad);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-secret-send": SecretSend;
  }
}
