import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Settings } from "../protocol/wire";
import { limits } from "../protocol/wire";
import "./confirm";
import type { Confirm } from "./confirm";
import { controls } from "./controls";
import { tell } from "./events";

/** How saving went. */
export type Saving =
  { kind: "idle" } | { kind: "saving" } | { kind: "saved" } | { kind: "failed"; why: string };

/** For how many days chat history is kept. */
@customElement("parley-retention")
export class RetentionForm extends LitElement {
  @property({ attribute: false }) settings!: Settings;
  @property({ attribute: false }) saving: Saving = { kind: "idle" };

  @state() private written: string | undefined;
  @state() private complaint = "";
  @query("input") private readonly field!: HTMLInputElement;
  @query("parley-confirm") private readonly confirmation!: Confirm;

  // Once saved the field shows again what the service has.
  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("saving") && this.saving.kind === "saved") this.written = undefined;
  }

  protected override render(): TemplateResult {
    const days = this.written ?? String(this.settings.retentionDays);
    const { complaint } = this;
    return html`
      <form novalidate @submit=${(event: Event) => void this.submitted(event)}>
        <label for="days">Keep chat history for</label>
        <div class="field">
          <input
            id="days"
            type="number"
            inputmode="numeric"
            min="1"
            max=${limits.maxDays}
            aria-describedby="hint complaint"
            aria-invalid=${complaint !== ""}
            .value=${days}
            @input=${() => this.changed()}
          />
          <span>days</span>
        </div>
        <p id="hint">From 1 to ${limits.maxDays.toLocaleString()} days. What is older is removed.</p>
        <p id="complaint" class="bad" role="alert">${complaint || nothing}</p>
        <button class="primary" type="submit" aria-disabled=${this.saving.kind === "saving"}>Save</button>
        <p class=${this.saving.kind === "failed" ? "bad" : "good"} role="status">${this.outcome()}</p>
      </form>
      <parley-confirm
        question=${`Keep chat history for ${daysWords(Number(days))}?`}
        action="Save"
        ?loses=${Number(days) < this.settings.retentionDays}
      >
        <p>
          ${
            Number(days) < this.settings.retentionDays
              ? `It was ${daysWords(this.settings.retentionDays)}. Messages that are older than the new limit disappear within seconds.`
              : `It was ${daysWords(this.settings.retentionDays)}. What was said before keeps the limit that it was said under.`
          }
        </p>
      </parley-confirm>
    `;
  }

  private outcome(): string {
    switch (this.saving.kind) {
      case "idle":
        return "";
      case "saving":
        return "Saving…";
      case "saved":
        return `Saved. Chat history is kept for ${daysWords(this.settings.retentionDays)}.`;
      case "failed":
        return this.saving.why;
    }
  }

  private changed(): void {
    this.written = this.field.value;
    if (this.complaint) this.complaint = complaintOf(this.written);
  }

  private async submitted(event: Event): Promise<void> {
    event.preventDefault();
    if (this.saving.kind === "saving") return;
    const { version } = this.settings;
    const written = this.field.value;
    this.complaint = complaintOf(written);
    if (this.complaint) this.field.focus();
    else if (await this.confirmation.ask()) tell(this, "parley-retain", { days: Number(written), version });
  }

  static override styles = [
    controls,
    css`
      form {
        display: grid;
        gap: var(--s2);
        justify-items: start;
      }

      label {
        font-weight: 600;
      }

      .field {
        display: flex;
        align-items: center;
        gap: var(--s2);
      }

      input {
        width: 8rem;
      }

      #hint {
        color: var(--ink-soft);
        font-size: var(--small);
      }

      .bad {
        color: var(--bad);
      }

      .good {
        color: var(--good);
      }

      #complaint:empty {
        display: none;
      }
    `,
  ];
}

const daysWords = (days: number): string => (days === 1 ? "1 day" : `${days.toLocaleString()} days`);

function complaintOf(written: string): string {
  const days = Number(written);
  const fine = written.trim() !== "" && Number.isInteger(days) && days >= 1 && days <= limits.maxDays;
  return fine ? "" : `Enter a whole number of days from 1 to ${limits.maxDays.toLocaleString()}.`;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-retention": RetentionForm;
  }
}
