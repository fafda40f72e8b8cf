import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { Fault } from "../client/index";
import { controls } from "./controls";
import { dialogStyles } from "./dialog-styles";
import { tell } from "./events";
import { icon } from "./icons";

const lasts = 60; // Seconds that a secret is on the screen.

type Stage =
  | { kind: "asking" }
  | { kind: "bringing" }
  | { kind: "shown"; text: string; left: number; copied: string }
  | { kind: "refused"; why: string };

/** Shows a secret once: asks first, then shows it for a minute, with a way to copy it. */
@customElement("parley-secret-show")
export class SecretShow extends LitElement {
  @property() session = "";

  @state() private stage: Stage = { kind: "asking" };
  @state() private from = "";
  @query("dialog") private readonly dialog!: HTMLDialogElement;

  private seq = 0;
  private round = 0; // What comes for one that was closed is not shown.
  private ticking: ReturnType<typeof setInterval> | undefined;

  /** Asks whether to show the secret with this seq, from somebody. */
  async show(seq: number, from: string): Promise<void> {
    this.seq = seq;
    this.from = from;
    this.stage = { kind: "asking" };
    await this.updateComplete;
    this.dialog.showModal();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget();
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="title" @close=${() => this.forget()}>
      <h2 id="title">Secret from ${this.from}</h2>
      ${this.body()}
    </dialog>`;
  }

  private body(): TemplateResult {
    const { stage } = this;
    switch (stage.kind) {
      case "asking":
      case "bringing":
        return html`<p>
            It is shown once: here, now, for a minute. Nobody gets it a second time. Look whether somebody
            else can see your screen.
          </p>
          <p class="buttons">
            <button type="button" autofocus @click=${() => this.dialog.close()}>Not now</button>
            <button
              class="primary"
              type="button"
              aria-disabled=${stage.kind === "bringing"}
              @click=${() => this.ask()}
            >
              ${stage.kind === "bringing" ? "Bringing it…" : "Show it now"}
            </button>
          </p>`;
      case "shown":
        return html`<pre tabindex="0" aria-label="The secret">${stage.text}</pre>
          <p role="timer">It leaves this screen in ${stage.left} seconds.</p>
          <p role="status">${stage.copied}</p>
          <p class="buttons">
            <button type="button" @click=${() => void this.copy(stage.text)}>${icon("copy")}Copy</button>
            <button class="primary" type="button" @click=${() => this.dialog.close()}>Done</button>
          </p>`;
      case "refused":
        return html`<p role="alert">${stage.why}</p>
          <p class="buttons">
            <button class="primary" type="button" @click=${() => this.dialog.close()}>Close</button>
          </p>`;
    }
  }

  private ask(): void {
    if (this.stage.kind !== "asking") return;
    const { round } = this;
    const take = (text: Promise<string>): void => void this.wait(text, round);
    tell(this, "parley-reveal", { session: this.session, seq: this.seq, take });
  }

  private async wait(coming: Promise<string>, round: number): Promise<void> {
    if (round === this.round) this.stage = { kind: "bringing" };
    try {
      const text = await coming;
      if (round !== this.round) return;
      this.stage = { kind: "shown", text, left: lasts, copied: "" };
      this.ticking = setInterval(() => this.tick(), 1000);
      await this.updateComplete;
      this.renderRoot.querySelector("pre")?.focus();
    } catch (error) {
      if (round === this.round) this.stage = { kind: "refused", why: Fault.from(error).message };
    }
  }

  private tick(): void {
    if (this.stage.kind !== "shown") return;
    if (this.stage.left <= 1) return this.dialog.close();
    this.stage = { ...this.stage, left: this.stage.left - 1 };
  }

  private async copy(text: string): Promise<void> {
    const copied = await navigator.clipboard.writeText(text).then(
      () => "It is on the clipboard. Copy something else when you have used it.",
      () => "The browser does not let this page use the clipboard. Select the text instead.",
    );
    if (this.stage.kind === "shown") this.stage = { ...this.stage, copied };
  }

  private forget(): void {
    clearInterval(this.ticking);
    this.round++;
    this.stage = { kind: "asking" };
  }

  static override styles = [
    controls,
    dialogStyles,
    css`
      pre {
        max-height: 40vh;
        margin: 0 0 var(--s2);
        padding: var(--s3);
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: var(--round);
        background: var(--sunken);
        font-family: ui-monospace, monospace;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        user-select: all;
      }

      [role="timer"],
      [role="status"] {
        color: var(--ink-soft);
        font-size: var(--small);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-secret-show": SecretShow;
  }
}
