import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { isOffered } from "../client/index";
import type { Person, Session } from "../protocol/wire";
import { controls } from "./controls";
import { tell } from "./events";
import { icon } from "./icons";
import { chargeWords } from "./session-groups";

/** Who is in charge of a session, above its window, and how that is changed. Only technicians see it. */
@customElement("parley-charge")
export class Charge extends LitElement {
  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) me!: Person;

  protected override render(): TemplateResult | typeof nothing {
    const { session, me } = this;
    if (me.role !== "technician" || session.state !== "active" || session.kind === "staff") return nothing;
    return html`<div class="bar" role="group" aria-label="Who is in charge">
      ${icon("people")}
      <p role="status">${this.words()}</p>
      ${this.buttons()}
    </div>`;
  }

  private words(): string {
    const { transfer } = this.session;
    if (isOffered(this.session, this.me.id)) return `${transfer?.by.name ?? ""} asks you to take over`;
    const charge = chargeWords(this.session, this.me);
    return transfer ? `${charge}. Offered to ${transfer.to.name}` : charge;
  }

  private buttons(): TemplateResult {
    const { id, owner } = this.session;
    const from = owner === undefined ? {} : { from: owner };
    if (isOffered(this.session, this.me.id)) {
      return html`<button
          class="primary"
          type="button"
          @click=${() => tell(this, "parley-take", { session: id, ...from })}
        >
          Take
        </button>
        <button type="button" @click=${() => tell(this, "parley-refuse", { session: id })}>Cannot</button>`;
    }
    if (owner === this.me.id) {
      return html`<button type="button" @click=${() => tell(this, "parley-hand-on", { session: id })}>
        Transfer
      </button>`;
    }
    return html`<button
      type="button"
      @click=${() =>
        owner === undefined
          ? tell(this, "parley-take", { session: id })
          : tell(this, "parley-take-over", { session: id })}
    >
      ${owner === undefined ? "Take charge" : "Take over"}
    </button>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        flex: none;
      }

      .bar {
        display: flex;
        align-items: center;
        gap: var(--s2);
        min-height: var(--target);
        padding: var(--s1) var(--s3);
        border-bottom: 1px solid var(--line);
        background: var(--accent-soft);
        font-size: var(--small);
      }

      svg {
        width: 1rem;
        height: 1rem;
      }

      p {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }

      button {
        min-height: 1.75rem;
        padding-block: 0;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-charge": Charge;
  }
}
