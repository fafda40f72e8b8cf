import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { controls } from "./controls";
import { dialogStyles } from "./dialog-styles";
import { tell } from "./events";

/** A code or link that was made on this page, which is the only place that knows it. */
export interface Invitation {
  session: string;
  /** Who comes by it, as a participant of the session. */
  guest: string;
  kind: "code" | "link";
  /** The code as it is read out, or the whole link. */
  shown: string;
  /** When it is too late to come, in milliseconds since 1970. */
  until: number;
}

/** The button that makes a code or a link for somebody who has no account, and the dialog that shows it. */
@customElement("parley-invite")
export class InviteDialog extends LitElement {
  /** The companies for which somebody may be invited. */
  @property({ attribute: false }) companies: readonly string[] = [];
  @property({ type: Number }) ahead = 0;

  @state() private made: Invitation | undefined;
  @state() private copied = false;
  @state() private busy = false;
  @query("dialog") private readonly dialog!: HTMLDialogElement;
  private clock: ReturnType<typeof setInterval> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  /** Asks how somebody is to be invited. */
  async ask(): Promise<void> {
    this.made = undefined;
    this.busy = false;
    await this.updateComplete;
    this.dialog.showModal();
  }

  /** Shows what was made. */
  async show(made: Invitation): Promise<void> {
    this.made = made;
    this.copied = false;
    clearInterval(this.clock);
    this.clock = setInterval(() => this.requestUpdate(), 1000);
    await this.updateComplete;
    if (!this.dialog.open) this.dialog.showModal();
    this.renderRoot.querySelector<HTMLElement>("#made")?.focus();
  }

  /** Lets the reader try again, since none could be made. */
  failed(): void {
    this.busy = false;
  }

  /** Goes away where it shows by what this participant has come. */
  came(session: string, person: string): void {
    if (this.made?.session === session && this.made.guest === person) this.dialog.close();
  }

  protected override render(): TemplateResult {
    return html`<button type="button" @click=${() => void this.ask()}>Invite somebody</button>
      <dialog aria-labelledby="title" @close=${() => clearInterval(this.clock)}>
        ${this.made ? this.shows(this.made) : this.asks()}
      </dialog>`;
  }

  private asks(): TemplateResult {
    return html`<form @submit=${(event: Event) => this.submitted(event)}>
      <h2 id="title">Invite somebody without an account</h2>
      <fieldset>
        <legend>How do they come?</legend>
        ${this.way("code", "By a code", "You read it to them, for example on the phone. Good for 15 minutes.", true)}
        ${this.way("link", "By a link", "You send it to them. Good for a day.", false)}
      </fieldset>
      <label for="company" ?hidden=${this.companies.length < 2}>Company</label>
      <select id="company" name="company" ?hidden=${this.companies.length < 2}>
        ${this.companies.map((id) => html`<option value=${id}>${id}</option>`)}
      </select>
      <label for="who">Who is it, if you like</label>
      <input id="who" name="who" maxlength="64" autocomplete="off" />
      <p class="buttons">
        <button type="button" @click=${() => this.dialog.close()}>Cancel</button>
        <button class="primary" type="submit" aria-disabled=${this.busy}>Invite</button>
      </p>
    </form>`;
  }

  private way(kind: Invitation["kind"], label: string, hint: string, first: boolean): TemplateResult {
    return html`<label class="way">
      <input type="radio" name="kind" value=${kind} ?checked=${first} />
      <span>${label}<br /><small>${hint}</small></span>
    </label>`;
  }

  private shows({ kind, shown, until }: Invitation): TemplateResult {
    const left = until - (Date.now() + this.ahead);
    const code = kind === "code";
    return html`
      <h2 id="title">${code ? "Read this code out" : "Send this link"}</h2>
      <p>
        ${
          code
            ? html`They open <b>${location.host}/join/</b> and type it.`
            : "It is for one person: it works once, in the browser that opens it first."
        }
      </p>
      <p id="made" class=${kind} tabindex="-1" aria-label=${code ? shown.split("").join(" ") : shown}>
        ${shown}
      </p>
      <p class="soft" role="timer">
        ${left > 0 ? `Good for another ${remaining(left)}` : "It has run out. Make a new one."}
      </p>
      <p class="soft" role="status">${this.copied ? "It is on the clipboard." : nothing}</p>
      <p class="buttons">
        <button type="button" @click=${() => this.withdraw()}>Withdraw</button>
        <button type="button" @click=${() => void this.copy(shown)}>Copy</button>
        <button class="primary" type="button" @click=${() => this.dialog.close()}>Close</button>
      </p>
    `;
  }

  private submitted(event: Event): void {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    const said = new FormData(event.target as HTMLFormElement);
    const word = (name: string): string => {
      const value = said.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    tell(this, "parley-invite", {
      company: word("company"),
      kind: word("kind") === "link" ? "link" : "code",
      name: word("who"),
    });
  }

  private async copy(shown: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(shown);
      this.copied = true;
    } catch {
      tell(this, "parley-trouble", {
        text: "The browser does not let this page use the clipboard. Select the text and copy it.",
      });
    }
  }

  private withdraw(): void {
    this.dialog.close();
    if (this.made) tell(this, "parley-revoke", { session: this.made.session, guest: this.made.guest });
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

      legend,
      label {
        padding: 0;
        font-weight: 600;
      }

      label:not(.way) {
        display: block;
        margin-top: var(--s3);
      }

      label[hidden] {
        display: none;
      }

      .way {
        display: flex;
        align-items: start;
        gap: var(--s2);
        min-height: var(--target);
        font-weight: 400;
      }

      .way input {
        flex: none;
        min-height: 0;
        width: 1.1rem;
        height: 1.1rem;
        margin-top: 0.2rem;
        accent-color: var(--accent);
      }

      select,
      #who {
        width: 100%;
      }

      small,
      .soft {
        color: var(--ink-soft);
        font-size: var(--small);
      }

      #made {
        margin: var(--s4) 0 var(--s2);
        padding: var(--s3);
        border-radius: var(--round);
        background: var(--accent-soft);
        text-align: center;
        user-select: all;
      }

      .code {
        font-family: ui-monospace, monospace;
        font-size: clamp(1.75rem, 9vw, 2.75rem);
        font-weight: 700;
        letter-spacing: 0.06em;
      }

      .link {
        overflow-wrap: anywhere;
      }
    `,
  ];
}

function remaining(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds >= 7200) return `${Math.floor(seconds / 3600)} hours`;
  const rest = String(seconds % 60).padStart(2, "0");
  return `${Math.floor(seconds / 60)}:${rest}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-invite": InviteDialog;
  }
}
