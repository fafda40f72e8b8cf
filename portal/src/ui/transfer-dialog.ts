import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Colleague, Person, Session } from "../protocol/wire";
import { controls } from "./controls";
import { dialogStyles } from "./dialog-styles";
import { tell } from "./events";
import "./presence-mark";
import { presenceOrder } from "./roster-order";

/** Asks to whom a session is to be given: to a colleague who is logged on, or back to those who wait. */
@customElement("parley-transfer")
export class TransferDialog extends LitElement {
  @property({ attribute: false }) technicians: readonly Colleague[] = [];
  @property({ attribute: false }) me!: Person;

  @state() private session: Session | undefined;
  @state() private chosen = "";
  @query("dialog") private readonly dialog!: HTMLDialogElement;

  /** Asks about a session. */
  async show(session: Session): Promise<void> {
    this.session = session;
    this.chosen = this.colleagues()[0]?.id ?? "";
    await this.updateComplete;
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    const colleagues = this.colleagues();
    return html`<dialog aria-labelledby="title">
      <form @submit=${(event: Event) => this.submitted(event)}>
        <h2 id="title">Transfer the session with ${this.session?.contact.name}</h2>
        <fieldset>
          <legend>To whom?</legend>
          ${colleagues.map((one) => this.choice(one.id, one.name, one))}
          ${this.choice("", "Back to those who wait, for anybody to answer")}
        </fieldset>
        ${colleagues.length === 0 ? html`<p class="soft">No other technician is logged on.</p>` : nothing}
        <p class="soft">
          ${
            this.chosen === ""
              ? "You leave the session, and everybody who is available is told of it."
              : "You stay in charge until they take it."
          }
        </p>
        <p class="buttons">
          <button type="button" @click=${() => this.dialog.close()}>Cancel</button>
          <button class="primary" type="submit">Transfer</button>
        </p>
      </form>
    </dialog>`;
  }

  private choice(id: string, label: string, colleague?: Colleague): TemplateResult {
    return html`<label>
      <input type="radio" name="to" .checked=${this.chosen === id} @change=${() => (this.chosen = id)} />
      <span>${label}</span>
      ${colleague ? html`<parley-presence .value=${colleague.availability}></parley-presence>` : nothing}
    </label>`;
  }

  private colleagues(): Colleague[] {
    return this.technicians
      .filter(({ id, availability }) => id !== this.me.id && availability !== "offline")
      .sort(
        (a, b) =>
          presenceOrder[a.availability] - presenceOrder[b.availability] || a.name.localeCompare(b.name),
      );
  }

  private submitted(event: Event): void {
    event.preventDefault();
    this.dialog.close();
    if (!this.session) return;
    const to = this.chosen === "" ? {} : { to: this.chosen };
    tell(this, "parley-transfer", { session: this.session.id, ...to });
  }

  static override styles = [
    controls,
    dialogStyles,
    css`
      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
      }

      legend {
        padding: 0;
        font-weight: 600;
      }

      label {
        display: flex;
        align-items: center;
        gap: var(--s2);
        min-height: var(--target);
        overflow-wrap: anywhere;
      }

      label span {
        flex: 1;
      }

      input {
        flex: none;
        min-height: 0;
        width: 1.1rem;
        height: 1.1rem;
        accent-color: var(--accent);
      }

      .soft {
        color: var(--ink-soft);
        font-size: var(--small);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-transfer": TransferDialog;
  }
}
