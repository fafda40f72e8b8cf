import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Person, Session } from "../protocol/wire";
import { foldStyles } from "./fold-styles";
import { controls } from "./controls";
import type { Glimpse } from "./glimpse";
import "./session-card";
import { managed, type Group } from "./session-groups";

/** The session that the reader looks into without taking part. */
export interface Picked {
  session: string;
  glimpse: Glimpse;
}

/** The session manager: what is the reader's, what waits, and what is to be followed up. */
@customElement("parley-sessions")
export class Sessions extends LitElement {
  @property({ attribute: false }) sessions: readonly Session[] = [];
  @property({ attribute: false }) me!: Person;
  @property({ type: Number }) ahead = 0;
  /** The contacts who can be written to now. */
  @property({ attribute: false }) reachable: ReadonlySet<string> = new Set();
  @property({ attribute: false }) picked: Picked | undefined;

  protected override render(): TemplateResult {
    const groups = managed(this.sessions, this.me);
    return html`
      ${this.group("mine", "My sessions", groups.mine, "You are in no session.")}
      ${this.group("waiting", "Waiting", groups.waiting, "Nobody is waiting.")}
      ${groups.ondemand.length > 0 ? this.group("ondemand", "On-demand sessions", groups.ondemand) : nothing}
      ${groups.others.length > 0 ? this.group("others", "Colleagues' sessions", groups.others) : nothing}
      ${this.group("abandoned", "Abandoned", groups.abandoned, "No request was left unanswered.")}
      ${this.group("callbacks", "Callbacks", groups.callbacks, "Nobody asks to be called back.")}
    `;
  }

  private group(group: Group, title: string, sessions: readonly Session[], none = ""): TemplateResult {
    return html`<details open>
      <summary>
        <h2>${title} <span class="count">${sessions.length}</span></h2>
      </summary>
      ${sessions.length === 0 ? html`<p class="none">${none}</p>` : nothing}
      <ul aria-label=${title} ?hidden=${sessions.length === 0}>
        ${repeat(
          sessions,
          ({ id }) => id,
          (session) => html`<li>${this.card(group, session)}</li>`,
        )}
      </ul>
    </details>`;
  }

  private card(group: Group, session: Session): TemplateResult {
    return html`<parley-session-card
      .session=${session}
      .group=${group}
      .me=${this.me}
      .ahead=${this.ahead}
      .reachable=${this.reachable.has(session.contact.id)}
      .glimpse=${this.picked?.session === session.id ? this.picked.glimpse : undefined}
    ></parley-session-card>`;
  }

  static override styles = [
    controls,
    foldStyles,
    css`
      details + details {
        border-top: 1px solid var(--line);
      }

      /* What a browser puts between details and its content inherits nothing. */
      details > ul {
        box-sizing: border-box;
      }

      h2 {
        font-size: var(--body);
      }

      .count,
      .none {
        color: var(--ink-soft);
        font-weight: 400;
      }

      .none {
        padding-bottom: var(--s2);
        font-size: var(--small);
      }

      li + li {
        border-top: 1px solid var(--line);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-sessions": Sessions;
  }
}
