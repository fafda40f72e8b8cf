import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { codeOf, shownCode } from "../client/index";
import { controls } from "./controls";
import { tell } from "./events";

const maxName = 64; // Bytes, as the service has it.

/** Where somebody without an account says by what they come, and who they are. */
@customElement("parley-join-form")
export class JoinForm extends LitElement {
  /** Whether they came by a link, which has no code to type. */
  @property({ type: Boolean }) linked = false;
  /** Whether they are being let in. */
  @property({ type: Boolean }) busy = false;
  /** What went wrong, and what to do about it. */
  @property() trouble = "";

  @state() private complaints: { code?: string; name?: string; device?: string } = {};
  @query("#code") private readonly code!: HTMLInputElement | null;
  @query("#name") private readonly name!: HTMLInputElement;
  @query("#device") private readonly device!: HTMLInputElement | null;

  protected override render(): TemplateResult {
    return html`<form novalidate @submit=${(event: Event) => this.submitted(event)}>
      <p id="trouble" class="bad" role="alert">${this.trouble || nothing}</p>
      ${this.linked ? nothing : this.codeField()}
      ${this.field("name", "Your name", "It is shown to your technician.", "name")}
      ${this.linked ? nothing : this.field("device", "Name of this computer, if you like", "Such as Reception PC.", "off")}
      <button class="primary" type="submit" aria-disabled=${this.busy}>
        ${this.busy ? "Joining…" : "Join"}
      </button>
    </form>`;
  }

  private codeField(): TemplateResult {
    const { code } = this.complaints;
    return html`<label for="code">Code</label>
      <input
        id="code"
        class="code"
        autocomplete="one-time-code"
        autocapitalize="characters"
        spellcheck="false"
        maxlength="16"
        placeholder="XXXX-XXXX"
        aria-describedby="code-hint code-complaint"
        aria-invalid=${code !== undefined}
        @change=${() => this.tidied()}
      />
      <p id="code-hint" class="hint">Your technician reads it to you. It has eight letters and digits.</p>
      <p id="code-complaint" class="bad" role="alert">${code ?? nothing}</p>`;
  }

  private field(id: "name" | "device", label: string, hint: string, fill: "name" | "off"): TemplateResult {
    const complaint = this.complaints[id];
    return html`<label for=${id}>${label}</label>
      <input
        id=${id}
        autocomplete=${fill}
        aria-describedby="${id}-hint ${id}-complaint"
        aria-invalid=${complaint !== undefined}
      />
      <p id="${id}-hint" class="hint">${hint}</p>
      <p id="${id}-complaint" class="bad" role="alert">${complaint ?? nothing}</p>`;
  }

  // What was typed in another way stands there as it was read out.
  private tidied(): void {
    const code = codeOf(this.code?.value ?? "");
    if (this.code && code !== undefined) this.code.value = shownCode(code);
  }

  private submitted(event: Event): void {
    event.preventDefault();
    if (this.busy) return;
    const code = codeOf(this.code?.value ?? "");
    const name = this.name.value.trim();
    const device = this.device?.value.trim() ?? "";
    this.complaints = {
      ...(!this.linked &&
        code === undefined && { code: "Type the eight letters and digits that you were told." }),
      ...(!shows(name) && { name: "Type your name, in up to 64 characters." }),
      ...(device !== "" && !shows(device) && { device: "Use a shorter name." }),
    };
    const wrong = (["code", "name", "device"] as const).find((one) => this.complaints[one] !== undefined);
    if (wrong) this[wrong]?.focus();
    else tell(this, "parley-come", { code: code ?? "", name, device });
  }

  static override styles = [
    controls,
    css`
      form {
        display: grid;
        gap: var(--s1);
      }

      label {
        margin-top: var(--s3);
        font-weight: 600;
      }

      input {
        width: 100%;
      }

      .code {
        font-family: ui-monospace, monospace;
        font-size: var(--large);
        letter-spacing: 0.1em;
        text-transform: uppercase;
      }

      .code::placeholder {
        opacity: 0.5;
      }

      .hint {
        color: var(--ink-soft);
        font-size: var(--small);
      }

      .bad {
        color: var(--bad);
      }

      .bad:empty {
        display: none;
      }

      button {
        justify-self: start;
        min-width: 8rem;
        margin-top: var(--s4);
      }
    `,
  ];
}

// The service says finally what can be shown.
function shows(name: string): boolean {
  return name !== "" && new TextEncoder().encode(name).length <= maxName;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-join-form": JoinForm;
  }
}
