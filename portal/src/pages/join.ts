import "./page.css";
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { secretOf, type Ticket } from "../client/index";
import { controls } from "../ui/controls";
import { hear } from "../ui/events";
import "../ui/join-form";
import { applyTheme, preferences } from "../ui/preferences";
import "./guest";
import { forgetTicket, keptTicket, makeTicket } from "./tickets";

const refusedByCode =
  "This code does not work. Check it, and ask for a new one if it is older than 15 minutes or was used in " +
  "another browser. After many wrong codes wait a quarter of an hour.";
const refusedByLink =
  "This link does not work. It may have run out, been withdrawn or been opened in another browser. Ask for a new one.";

/** The page where somebody without an account comes by a code or a link. */
@customElement("parley-join")
export class JoinPage extends LitElement {
  @state() private ticket: Ticket | undefined;
  @state() private trouble = "";
  private readonly link = secretOf(location.hash);

  override connectedCallback(): void {
    super.connectedCallback();
    applyTheme(preferences().theme);
    const kept = keptTicket();
    if (kept && (this.link === undefined || kept.secret === this.link)) this.ticket = kept;
    hear(this.renderRoot, "parley-come", ({ code, name, device }) => {
      this.trouble = "";
      this.ticket = makeTicket(this.link ?? code, name, device);
    });
  }

  protected override render(): TemplateResult {
    if (this.ticket) {
      return html`<parley-guest .ticket=${this.ticket} @refused=${() => this.refused()}></parley-guest>`;
    }
    return html`<main>
      <h1>Join a help session</h1>
      <p class="lead">
        ${this.link === undefined ? "Your technician has given you a code." : "You were invited by a link."}
        You need no account. Nobody can see your screen or your files.
      </p>
      <parley-join-form ?linked=${this.link !== undefined} .trouble=${this.trouble}></parley-join-form>
    </main>`;
  }

  private refused(): void {
    forgetTicket();
    this.ticket = undefined;
    this.trouble = this.link === undefined ? refusedByCode : refusedByLink;
  }

  static override styles = [
    controls,
    css`
      main {
        box-sizing: border-box;
        width: min(100%, 26rem);
        margin: 0 auto;
        padding: var(--s8) var(--s4);
      }

      .lead {
        margin: var(--s2) 0 var(--s4);
        color: var(--ink-soft);
      }
    `,
  ];
}
