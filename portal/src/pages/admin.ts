import "./page.css";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { Fault, type ParleyClient } from "../client/index";
import type { Settings } from "../protocol/wire";
import { hear } from "../ui/events";
import "../ui/retention-form";
import type { Saving } from "../ui/retention-form";
import { PageElement } from "./page-element";
import { pageStyles } from "./page-styles";

/** The administrator's page: how long chat history is kept. */
@customElement("parley-admin")
export class AdminPage extends PageElement {
  protected readonly place = "Administration";

  @state() private settings: Settings | undefined;
  @state() private saving: Saving = { kind: "idle" };
  @state() private refusal = "";

  protected override follow(client: ParleyClient): void {
    client.addEventListener("welcome", () => void this.load(client));
    hear(this.renderRoot, "parley-retain", (wish) => void this.save(client, wish));
  }

  protected override content(): TemplateResult {
    return html`<main>
      <div class="card">
        <h1>Chat history</h1>
        ${
          this.settings
            ? html`<parley-retention .settings=${this.settings} .saving=${this.saving}></parley-retention>`
            : html`<p>${this.refusal || "Reading the settings…"}</p>`
        }
        ${this.refusal && !this.settings ? html`<p><a href="/">Choose somebody else</a></p>` : nothing}
      </div>
    </main>`;
  }

  private async load(client: ParleyClient): Promise<void> {
    try {
      this.take(await client.command("admin.show", {}));
    } catch (error) {
      this.refusal = Fault.from(error).message;
    }
  }

  private async save(client: ParleyClient, wish: { days: number; version: number }): Promise<void> {
    const known = this.settings;
    if (!known) return;
    this.saving = { kind: "saving" };
    try {
      this.take(
        await client.command("admin.set", {
          settings: { ...known, retentionDays: wish.days, version: wish.version },
        }),
      );
      this.saving = { kind: "saved" };
    } catch (error) {
      const fault = Fault.from(error);
      this.saving = { kind: "failed", why: failure(fault) };
      if (fault.code === "conflict") await this.load(client);
    }
  }

  private take(settings: Settings): void {
    if (settings.version >= (this.settings?.version ?? 0)) this.settings = settings;
  }

  static override styles = [
    pageStyles,
    css`
      main {
        flex: 1;
        overflow-y: auto;
        padding: var(--s8) var(--s4);
      }

      .card {
        max-width: 34rem;
        margin: 0 auto;
      }

      h1 {
        margin-bottom: var(--s4);
      }
    `,
  ];
}

function failure(fault: Fault): string {
  if (fault.code === "conflict") {
    return "Not saved: somebody else changed the settings meanwhile. Look at what is set now, and save again.";
  }
  return `Not saved. ${fault.message}${fault.retryable ? " Wait a moment and save again." : ""}`;
}
