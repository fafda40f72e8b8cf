import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ConnectionState } from "../client/index";
import type { Availability } from "../protocol/wire";
import { controls } from "./controls";
import { tell } from "./events";
import { icon } from "./icons";
import "./link-state";
import "./menu";
import type { MenuItem } from "./menu";
import "./presence-mark";
import { initials, presenceWords } from "./words";

const settable: readonly Availability[] = ["online", "away", "busy"];

/** The top of every page: who one is, one's own presence, and the connection. */
@customElement("parley-topbar")
export class TopBar extends LitElement {
  /** Who is signed in. */
  @property() name = "";
  /** What the page is for. */
  @property() place = "";
  @property({ attribute: false }) link: ConnectionState = { kind: "connecting" };
  /** A technician's own presence; contacts have none to set. */
  @property() availability: Availability | undefined;

  protected override render(): TemplateResult {
    return html`
      <header>
        <p class="brand"><b>Parley</b> <span>${this.place}</span></p>
        <parley-link .value=${this.link}></parley-link>
        <parley-menu
          name=${`${this.name}: ${this.availability ? "presence and settings" : "settings"}`}
          ?hidden=${this.name === ""}
          .items=${this.items()}
          @choose=${(event: CustomEvent<string>) => this.chosen(event.detail)}
        >
          <span class="avatar" aria-hidden="true">${initials(this.name)}</span>
          <span class="who">
            <span class="name">${this.name}</span>
            ${
              this.availability
                ? html`<parley-presence .value=${this.availability}></parley-presence>`
                : nothing
            }
          </span>
          ${icon("open")}
        </parley-menu>
      </header>
    `;
  }

  private items(): MenuItem[] {
    const presence = settable.map((id) => ({
      id,
      label: presenceWords[id],
      chosen: id === this.availability,
    }));
    return [
      ...(this.availability ? presence : []),
      { id: "preferences", label: "Settings", apart: this.availability !== undefined },
      { id: "sign-out", label: "Sign out" },
    ];
  }

  private chosen(id: string): void {
    const availability = settable.find((one) => one === id);
    if (availability) tell(this, "parley-availability", { availability });
    else if (id === "preferences") tell(this, "parley-preferences", null);
    else tell(this, "parley-sign-out", null);
  }

  static override styles = [
    controls,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--s1) var(--s4);
        min-height: 3.5rem;
        padding: var(--s1) var(--s4);
        border-bottom: 1px solid var(--line);
        background: var(--surface);
      }

      .brand {
        flex: 1;
        color: var(--ink-soft);
        white-space: nowrap;
      }

      b {
        color: var(--accent);
        font-size: var(--large);
        letter-spacing: 0.01em;
      }

      .avatar {
        display: grid;
        place-items: center;
        width: 2rem;
        height: 2rem;
        border-radius: 50%;
        color: var(--accent);
        background: var(--accent-soft);
        font-size: var(--small);
        font-weight: 600;
      }

      .who {
        display: grid;
        justify-items: start;
        line-height: 1.3;
      }

      @media (max-width: 40rem) {
        header {
          padding-inline: var(--s3);
        }

        .brand span {
          display: none;
        }

        /* The menu's name says who it is; the mark of presence stays. */
        .name {
          display: none;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-topbar": TopBar;
  }
}
