import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Colleague, Person } from "../protocol/wire";
import { controls } from "./controls";
import { tell } from "./events";
import "./presence-mark";

/** The other technicians who are logged on; a name begins a chat. */
@customElement("parley-colleagues")
export class Colleagues extends LitElement {
  @property({ attribute: false }) technicians: readonly Colleague[] = [];
  @property({ attribute: false }) me!: Person;

  protected override render(): TemplateResult {
    const others = this.technicians
      .filter(({ id, availability }) => id !== this.me.id && availability !== "offline")
      .sort((a, b) => a.name.localeCompare(b.name));
    return html`<section aria-labelledby="title">
      <h2 id="title">Colleagues <span>${others.length}</span></h2>
      ${others.length === 0 ? html`<p>No other technician is logged on.</p>` : nothing}
      <ul aria-label="Colleagues">
        ${others.map((one) => html`<li>${this.row(one)}</li>`)}
      </ul>
    </section>`;
  }

  private row({ id, name, role, availability }: Colleague): TemplateResult {
    return html`<button
        class="quiet"
        type="button"
        aria-label=${`Chat with ${name}`}
        @click=${() => tell(this, "parley-staff", { colleague: { id, name, role } })}
      >
        ${name}
      </button>
      <parley-presence .value=${availability}></parley-presence>`;
  }

  static override styles = [
    controls,
    css`
      h2 {
        font-size: var(--body);
      }

      h2 span {
        color: var(--ink-soft);
        font-weight: 400;
      }

      p {
        color: var(--ink-soft);
        font-size: var(--small);
      }

      li {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 var(--s2);
        overflow-wrap: anywhere;
      }

      button {
        margin-inline-start: calc(-1 * var(--s2));
        padding: 0 var(--s2);
        text-align: start;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-colleagues": Colleagues;
  }
}
