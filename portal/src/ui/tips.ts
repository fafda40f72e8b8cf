import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, query } from "lit/decorators.js";
import { controls } from "./controls";
import { dialogStyles } from "./dialog-styles";

/** What a technician can do when a contact does not seem to notice. */
@customElement("parley-tips")
export class Tips extends LitElement {
  @query("dialog") private readonly dialog!: HTMLDialogElement;

  /** Opens the dialog. */
  show(): void {
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="title">
      <h2 id="title">When nothing seems to happen</h2>
      <ul>
        <li>
          The chat opens on the contact's portal page. If “disconnected” stays beside their name, that page is
          closed or has no network: ask them to open it again. Nothing that you write is lost.
        </li>
        <li>
          A contact who is away may not look at the screen. Calling makes a sound, if they have touched the
          page since it was opened.
        </li>
        <li>
          For a call, both sides allow their browser to use the microphone. It asks when the call begins; the
          choice can be changed at the left end of the address bar.
        </li>
        <li>
          If a call connects but nothing is heard, a firewall may block it. Parley then goes through its own
          relay, which needs ports 3478 and 443.
        </li>
      </ul>
      <p><button class="primary" type="button" @click=${() => this.dialog.close()}>Close</button></p>
    </dialog>`;
  }

  static override styles = [
    controls,
    dialogStyles,
    css`
      dialog {
        width: min(34rem, 92vw);
      }

      ul {
        display: grid;
        gap: var(--s3);
        margin: var(--s3) 0 var(--s6);
        padding-inline-start: var(--s4);
        list-style: disc;
      }

      p {
        text-align: end;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-tips": Tips;
  }
}
