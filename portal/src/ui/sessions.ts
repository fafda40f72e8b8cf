import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Person, Session } from "../protocol/wire";
import { controls } from "./controls";
import "./elapsed";
import { tell } from "./events";
import { listed } from "./words";

/** Requests that wait for a technician, and sessions that go on and can be joined. */
@customElement("parley-sessions")
export class Sessions extends LitElement {
  @property({ attribute: false }) sessions: readonly Session[] = [];
  @property({ attribute: false }) me!: Person;
  @property({ type: Number }) ahead = 0;

  protected override render(): TemplateResult {
    const of = (state: Session["state"]): Session[] =>
      this.sessions.filter((one) => one.state === state).sort((a, b) => a.createdAt - b.createdAt);
    return html`
      ${this.list("Waiting for help", of("requested"), "Nobody is waiting.")}
      ${this.list("Sessions in progress", of("active"), "No session is going on.")}
    `;
  }

  private list(title: string, sessions: readonly Session[], none: string): TemplateResult {
    return html`<section aria-label=${title}>
      <h2>${title} <span class="count">${sessions.length}</span></h2>
      ${sessions.length === 0 ? html`<p class="none">${none}</p>` : nothing}
      <ul aria-label=${title}>
        ${repeat(
          sessions,
          ({ id }) => id,
          (session) => html`<li>${this.row(session)}</li>`,
        )}
      </ul>
    </section>`;
  }

  private row(session: Session): TemplateResult {
    const { id, contact, company, problem, startedAt, createdAt } = session;
    const there = session.participants.filter(({ joined }) => joined);
    const mine = there.some((one) => one.id === this.me.id);
    const helpers = there.filter((one) => one.id !== contact.id).map((one) => one.name);
    const waits = session.state === "requested";
    return html`
      <div class="about">
        <p>${contact.name} <span class="soft">${company}</span></p>
        ${problem ? html`<p class="problem">${problem}</p>` : nothing}
        <p class="soft">
          ${waits ? "Waiting for " : nothing}<parley-elapsed
            name=${waits ? "Waiting time" : "Session time"}
            .since=${startedAt ?? createdAt}
            .ahead=${this.ahead}
          ></parley-elapsed
          >${helpers.length > 0 ? `, with ${listed(helpers)}` : nothing}
        </p>
      </div>
      <button
        class=${waits ? "primary" : ""}
        type="button"
        aria-label=${`${mine ? "Show" : "Join"} session with ${contact.name}`}
        @click=${() => tell(this, mine ? "parley-show" : "parley-join", { session: id })}
      >
        ${mine ? "Show" : "Join session"}
      </button>
    `;
  }

  static override styles = [
    controls,
    css`
      section + section {
        margin-top: var(--s6);
      }

      h2 {
        font-size: var(--body);
      }

      .count,
      .soft,
      .none {
        color: var(--ink-soft);
        font-weight: 400;
      }

      .soft {
        font-size: var(--small);
        font-variant-numeric: tabular-nums;
      }

      .none {
        font-size: var(--small);
      }

      li {
        display: flex;
        align-items: center;
        gap: var(--s2);
        padding: var(--s2) 0;
      }

      li + li {
        border-top: 1px solid var(--line);
      }

      .about {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }

      .problem {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-sessions": Sessions;
  }
}
