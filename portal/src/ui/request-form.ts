import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { limits } from "../protocol/wire";
import { controls } from "./controls";
import { tell } from "./events";
import { characters, room } from "./room";

/** Where a contact asks for help. */
@customElement("parley-request")
export class RequestForm extends LitElement {
  /** Whether a request is on its way. */
  @property({ type: Boolean }) busy = false;

  @state() private problem = "";
  @state() private complaint = "";
  @query("textarea") private readonly field!: HTMLTextAreaElement;

  protected override render(): TemplateResult {
    return html`<form novalidate @submit=${(event: Event) => this.ask(event)}>
      <label for="problem">What can we help you with?</label>
      <textarea
        id="problem"
        rows="3"
        required
        aria-describedby="hint complaint"
        aria-invalid=${this.complaint !== ""}
        .value=${this.problem}
        @input=${() => this.changed()}
      ></textarea>
      <p id="hint">A sentence or two is enough. A technician reads it before joining.</p>
      <p id="complaint" role="alert">${this.complaint || nothing}</p>
      <button class="primary" type="submit" aria-disabled=${this.busy}>Ask for help</button>
    </form>`;
  }

  private changed(): void {
    this.problem = this.field.value;
    this.complaint = this.problem.trim() === "" ? "" : complaintOf(this.problem.trim());
  }

  private ask(event: Event): void {
    event.preventDefault();
    if (this.busy) return;
    const problem = this.problem.trim();
    this.complaint = complaintOf(problem);
    if (this.complaint === "") tell(this, "parley-ask", { problem });
    else this.field.focus();
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

      textarea {
        width: 100%;
        resize: vertical;
      }

      #hint {
        color: var(--ink-soft);
        font-size: var(--small);
      }

      #complaint {
        color: var(--bad);
      }

      #complaint:empty {
        display: none;
      }
    `,
  ];
}

function complaintOf(problem: string): string {
  if (problem === "") return "Say in a few words what is wrong.";
  const left = room(problem, limits.maxProblem);
  return left < 0 ? `Shorten it by about ${characters(-left)}; the rest can follow in the chat.` : "";
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-request": RequestForm;
  }
}
