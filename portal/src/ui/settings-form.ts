import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Choice, Office, OfficeHours, Settings } from "../protocol/wire";
import { limits } from "../protocol/wire";
import "./confirm";
import type { Confirm } from "./confirm";
import { controls } from "./controls";
import { tell } from "./events";
import { officeComplaint, officeWords } from "./office";
import "./office-hours";

/** How saving went. */
export type Saving =
  { kind: "idle" } | { kind: "saving" } | { kind: "saved" } | { kind: "failed"; why: string };

/** What the administrator has changed and not saved yet. */
interface Draft {
  days?: string;
  askManaged?: boolean;
  askOnDemand?: boolean;
  chat?: Choice;
  preTicket?: Choice;
  callbacks?: Choice;
  officeHours?: OfficeHours;
}

/** All settings of the deployment, saved together. */
@customElement("parley-settings")
export class SettingsForm extends LitElement {
  @property({ attribute: false }) settings!: Settings;
  @property({ attribute: false }) saving: Saving = { kind: "idle" };
  /** What holds now; undefined while that is not known. */
  @property({ attribute: false }) office: Office | undefined;

  @state() private draft: Draft = {};
  @state() private complaint = "";
  @state() private officeWrong = "";
  @query("#days") private readonly field!: HTMLInputElement;
  @query("parley-confirm") private readonly confirmation!: Confirm;

  // Once saved the fields show again what the service has.
  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("saving") && this.saving.kind === "saved") this.draft = {};
  }

  protected override render(): TemplateResult {
    return html`
      <form novalidate @submit=${(event: Event) => void this.submitted(event)}>
        <section aria-labelledby="history">
          <h2 id="history">Chat history</h2>
          ${this.retention()}
        </section>
        <section aria-labelledby="managed">
          <h2 id="managed">Managed devices</h2>
          ${this.approval()}
        </section>
        <section aria-labelledby="chat">
          <h2 id="chat">Chat</h2>
          ${this.offers()}
        </section>
        <section aria-labelledby="office">
          <h2 id="office">Office hours</h2>
          ${this.hours()}
        </section>
        <div class="save">
          <button class="primary" type="submit" aria-disabled=${this.saving.kind === "saving"}>Save</button>
          ${
            Object.keys(this.draft).length > 0
              ? html`<button type="button" @click=${() => this.discard()}>Discard changes</button>`
              : nothing
          }
          <p class=${this.saving.kind === "failed" ? "bad" : "good"} role="status">${this.outcome()}</p>
        </div>
      </form>
      <parley-confirm
        question=${`Keep chat history for ${daysWords(Number(this.days))}?`}
        action="Save"
        loses
      >
        <p>
          It was ${daysWords(this.settings.retentionDays)}. Messages that are older than the new limit
          disappear within seconds.
        </p>
      </parley-confirm>
    `;
  }

  private get days(): string {
    return this.draft.days ?? String(this.settings.retentionDays);
  }

  private retention(): TemplateResult {
    return html`<label for="days">Keep chat history for</label>
      <div class="field">
        <input
          id="days"
          type="number"
          inputmode="numeric"
          min="1"
          max=${limits.maxDays}
          aria-describedby="hint complaint"
          aria-invalid=${this.complaint !== ""}
          .value=${this.days}
          @input=${() => this.changed()}
        />
        <span>days</span>
      </div>
      <p id="hint" class="hint">
        From 1 to ${limits.maxDays.toLocaleString()} days. What is older is removed.
      </p>
      <p id="complaint" class="bad" role="alert">${this.complaint}</p>`;
  }

  private approval(): TemplateResult {
    const ask = this.draft.askManaged ?? this.settings.askManaged;
    const askOnDemand = this.draft.askOnDemand ?? this.settings.askOnDemand;
    return html`<label class="check">
        <input
          type="checkbox"
          aria-describedby="ask-hint"
          .checked=${ask}
          @change=${() => this.write({ askManaged: !ask })}
        />
        Ask users of managed devices first
      </label>
      <p id="ask-hint" class="hint">
        A chat begins when they have agreed. Otherwise it opens on their screen at once.
      </p>
      <label class="check">
        <input
          type="checkbox"
          aria-describedby="ask-code-hint"
          .checked=${askOnDemand}
          @change=${() => this.write({ askOnDemand: !askOnDemand })}
        />
        Ask people who come by a code first
      </label>
      <p id="ask-code-hint" class="hint">
        They are told who asks, and allow or decline. Otherwise the chat begins as soon as they have typed the
        code.
      </p>`;
  }

  // What a company or contact has of its own comes before it.
  private offers(): TemplateResult {
    const one = (name: "chat" | "preTicket" | "callbacks", words: string): TemplateResult => {
      const off = (this.draft[name] ?? this.settings[name]) === "off";
      return html`<label class="check">
        <input type="checkbox" .checked=${!off} @change=${() => this.write({ [name]: off ? "on" : "off" })} />
        ${words}
      </label>`;
    };
    return html`${one("chat", "Contacts may chat")}
      ${one("preTicket", "Contacts may ask for help before there is a ticket")}
      ${one("callbacks", "Contacts may leave a number to be called back")}
      <p class="hint">
        A company, and for chat a contact, may have a setting of its own, which comes first.
      </p>`;
  }

  private hours(): TemplateResult {
    return html`<p class="hint">
        Outside these hours contacts can leave their number, and end a request that nobody answers.
      </p>
      ${this.office ? html`<p role="status">${officeWords(this.office)}</p>` : nothing}
      <parley-office-hours
        .value=${this.draft.officeHours ?? this.settings.officeHours}
        @change=${(event: CustomEvent<OfficeHours>) => this.write({ officeHours: event.detail })}
      ></parley-office-hours>
      <p class="bad" role="alert">${this.officeWrong}</p>`;
  }

  private outcome(): string {
    switch (this.saving.kind) {
      case "idle":
        return "";
      case "saving":
        return "Saving…";
      case "saved":
        return Object.keys(this.draft).length > 0 ? "" : "Saved.";
      case "failed":
        return this.saving.why;
    }
  }

  private write(part: Draft): void {
    this.draft = { ...this.draft, ...part };
    if (this.officeWrong) this.officeWrong = officeComplaint(this.written().officeHours);
  }

  private changed(): void {
    this.write({ days: this.field.value });
    if (this.complaint) this.complaint = daysComplaint(this.days);
  }

  private discard(): void {
    this.draft = {};
    this.complaint = this.officeWrong = "";
    this.field.value = this.days;
  }

  private written(): Settings {
    const { days, ...others } = this.draft;
    return { ...this.settings, ...others, ...(days === undefined ? {} : { retentionDays: Number(days) }) };
  }

  private async submitted(event: Event): Promise<void> {
    event.preventDefault();
    if (this.saving.kind === "saving") return;
    const settings = this.written();
    this.complaint = daysComplaint(this.days);
    this.officeWrong = officeComplaint(settings.officeHours);
    if (this.complaint) return this.field.focus();
    if (this.officeWrong) return;
    const loses = settings.retentionDays < this.settings.retentionDays;
    if (!loses || (await this.confirmation.ask())) tell(this, "parley-save", { settings });
  }

  static override styles = [
    controls,
    css`
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--s6);
      }

      section {
        padding: clamp(var(--s3), 4vw, var(--s6));
        border: 1px solid var(--line);
        border-radius: var(--round);
        background: var(--surface);
        box-shadow: var(--shadow);
      }

      h2 {
        margin-bottom: var(--s3);
        font-size: var(--large);
      }

      label {
        font-weight: 600;
      }

      .field,
      .check,
      .save {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--s2);
      }

      .check {
        flex-wrap: nowrap;
        min-height: var(--target);
      }

      [type="number"] {
        width: 8rem;
      }

      [type="checkbox"] {
        width: 1.1rem;
        height: 1.1rem;
        min-height: 0;
        accent-color: var(--accent);
      }

      .hint {
        color: var(--ink-soft);
        font-size: var(--small);
      }

      .save p {
        flex: 1 1 14rem;
      }

      .bad {
        color: var(--bad);
      }

      .good {
        color: var(--good);
      }
    `,
  ];
}

const daysWords = (many: number): string => (many === 1 ? "1 day" : `${many.toLocaleString()} days`);

function daysComplaint(written: string): string {
  const days = Number(written);
  const fine = written.trim() !== "" && Number.isInteger(days) && days >= 1 && days <= limits.maxDays;
  return fine ? "" : `Enter a whole number of days from 1 to ${limits.maxDays.toLocaleString()}.`;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-settings": SettingsForm;
  }
}
