import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { Session } from "../protocol/wire";
import { controls } from "./controls";
import { tell } from "./events";
import { icon } from "./icons";

/**
 * Asks a contact whether a technician may begin a session. Nothing happens until
 * they answer: Escape puts the question aside, and a bar on the page keeps it.
 */
@customElement("parley-offer")
export class OfferDialog extends LitElement {
  /** The session that is asked about; none while nobody asks. */
  @property({ attribute: false }) session: Session | undefined;

  @query("dialog") private readonly dialog!: HTMLDialogElement;

  private asked = "";

  protected override render(): TemplateResult {
    const { session } = this;
    const who = session ? asker(session) : "";
    const where = session?.device ? ` on ${session.device.name}` : "";
    return html`
      ${
        session
          ? html`<p class="bar">
              ${icon("chat")}<span>${who} asks to chat with you.</span>
              <button class="primary" type="button" @click=${() => this.dialog.showModal()}>Answer</button>
            </p>`
          : nothing
      }
      <dialog aria-labelledby="question" aria-describedby="meaning">
        <h2 id="question" tabindex="-1" autofocus>May ${who} chat with you${where}?</h2>
        <div id="meaning">
          <p>If you accept, ${who} can</p>
          <ul>
            <li>${icon("tick")}write to you, and read what you write here</li>
            <li>${icon("tick")}call you; you decide each time whether to answer</li>
          </ul>
          <p>${who} cannot see your screen or your files. You can end the session at any time.</p>
        </div>
        <p class="buttons">
          <button type="button" @click=${() => this.answer("parley-refuse")}>Decline</button>
          <button class="primary" type="button" @click=${() => this.answer("parley-approve")}>Accept</button>
        </p>
      </dialog>
    `;
  }

  // The focus is on the question and not on an answer, so that somebody who
  // was just typing agrees to nothing. The dialog opens once for each question, and goes away with it.
  protected override updated(): void {
    const id = this.session?.id ?? "";
    if (id === this.asked) return;
    this.asked = id;
    if (id === "") this.dialog.close();
    else if (!this.dialog.open) this.dialog.showModal();
  }

  private answer(name: "parley-approve" | "parley-refuse"): void {
    this.dialog.close();
    if (this.session) tell(this, name, { session: this.session.id });
  }

  static override styles = [
    controls,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: center;
        gap: var(--s2) var(--s3);
        padding: var(--s2) var(--s4);
        border-bottom: 1px solid var(--line);
        background: var(--accent-soft);
      }

      dialog {
        width: min(28rem, 92vw);
        padding: var(--s6);
        border: 1px solid var(--line);
        border-radius: var(--round);
        color: var(--ink);
        background: var(--surface);
        box-shadow: var(--shadow);
      }

      dialog::backdrop {
        background: #0008;
      }

      h2:focus {
        outline: none;
      }

      h2 {
        font-size: var(--large);
        overflow-wrap: anywhere;
      }

      #meaning {
        display: grid;
        gap: var(--s2);
        margin: var(--s3) 0 var(--s6);
      }

      li {
        display: flex;
        gap: var(--s2);
        margin-bottom: var(--s1);
      }

      li svg {
        margin-top: 0.1rem;
        color: var(--good);
      }

      .buttons {
        display: flex;
        justify-content: flex-end;
        gap: var(--s2);
      }

      .buttons button {
        min-width: 7rem;
      }
    `,
  ];
}

function asker({ participants, owner }: Session): string {
  const helper = participants.find(({ id }) => id === owner) ?? participants[0];
  return helper?.name ?? "A technician";
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-offer": OfferDialog;
  }
}
