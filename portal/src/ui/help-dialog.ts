import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { controls } from "./controls";
import { dialogStyles } from "./dialog-styles";

/** How a chat is used, and what this program is. */
@customElement("parley-help")
export class HelpDialog extends LitElement {
  /** Whether the reader gives help, and has more to know. */
  @property({ type: Boolean }) technician = false;

  @query("dialog") private readonly dialog!: HTMLDialogElement;

  /** Opens the dialog. */
  show(): void {
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="title">
      <h2 id="title">Help and about</h2>
      <dl>
        <dt>Enter</dt>
        <dd>sends the message; Shift and Enter break the line.</dd>
        ${
          this.technician
            ? html`<dt>/</dt>
                <dd>at the beginning of a message offers your ready replies. They are kept in Settings.</dd>`
            : ""
        }
        <dt>One tick, two ticks, an eye</dt>
        <dd>sent, delivered, read. Rest the pointer on it to see by whom.</dd>
        <dt>Save and copy</dt>
        <dd>give you the whole chat, with names and times, also after the end.</dd>
        <dt>The bell</dt>
        <dd>calls for the other side's attention.</dd>
        <dt>No connection</dt>
        <dd>
          You can go on writing: it is sent when the connection is back, and nothing is lost or sent twice.
        </dd>
        <dt>Encryption</dt>
        <dd>
          Text goes through the service under TLS. Calls are encrypted from browser to browser; a relay, where
          one is needed, cannot listen.
        </dd>
      </dl>
      <p class="about">Parley, a help desk chat. Free software under the Apache License 2.0.</p>
      <p class="end">
        <button class="primary" type="button" autofocus @click=${() => this.dialog.close()}>Close</button>
      </p>
    </dialog>`;
  }

  static override styles = [
    controls,
    dialogStyles,
    css`
      dialog {
        width: min(32rem, 92vw);
      }

      dt {
        font-weight: 600;
      }

      dd {
        margin-bottom: var(--s2);
      }

      .about {
        color: var(--ink-soft);
        font-size: var(--small);
      }

      .end {
        margin-top: var(--s4);
        text-align: end;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-help": HelpDialog;
  }
}
