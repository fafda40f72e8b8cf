import "./page.css";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { Fault, type ParleyClient } from "../client/index";
import type { Office, Settings } from "../protocol/wire";
import { hear } from "../ui/events";
import type { Saving } from "../ui/settings-form";
import "../ui/settings-form";
import { PageElement } from "./page-element";
import { pageStyles } from "./page-styles";

/** The administrator's page: what is decided for the whole deployment. */
@customElement("parley-admin")
export class AdminPage extends PageElement {
  protected readonly place = "Administration";

  @state() private settings: Settings | undefined;
  @state() private office: Office | undefined;
  @state() private saving: Saving = { kind: "idle" };
  @state() private refusal = "";

  protected override follow(client: ParleyClient): void {
    client.addEventListener("welcome", () => void this.load(client));
    hear(this.renderRoot, "parley-save", ({ settings }) => void this.save(client, settings));
  }

  protected override content(): TemplateResult {
    return html`<main>
      <div class="middle">
        <h1>Settings</h1>
        ${
          this.settings
            ? html`<parley-settings
                .settings=${this.settings}
                .saving=${this.saving}
                .office=${this.office}
              ></parley-settings>`
            : html`<p>${this.refusal || "Reading the settings…"}</p>`
        }
        ${this.refusal && !this.settings ? html`<p><a href="/">Choose somebody else</a></p>` : nothing}
      </div>
    </main>`;
  }

  private async load(client: ParleyClient): Promise<void> {
    try {
      await this.take(client, await client.command("admin.show", {}));
    } catch (error) {
      this.refusal = Fault.from(error).message;
    }
  }

  private async save(client: ParleyClient, settings: Settings): Promise<void> {
    this.saving = { kind: "saving" };
    try {
      await this.take(client, await client.command("admin.set", { settings }));
      this.saving = { kind: "saved" };
    } catch (error) {
      const fault = Fault.from(error);
      this.saving = { kind: "failed", why: failure(fault) };
      if (fault.code === "conflict") await this.load(client);
    }
  }

  private async take(client: ParleyClient, settings: Settings): Promise<void> {
    if (settings.version >= (this.settings?.version ?? 0)) this.settings = settings;
    this.office = await client.office().catch(() => undefined); // Then the page does not say it.
  }

  static override styles = [
    pageStyles,
    css`
      main {
        flex: 1;
        overflow-y: auto;
        padding: var(--s8) var(--s4);
      }

      .middle {
        max-width: 40rem;
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
    return "Not saved: somebody else changed the settings meanwhile. Save again to set what stands here, or discard your changes to see what is set.";
  }
  return `Not saved. ${fault.message}${fault.retryable ? " Wait a moment and save again." : ""}`;
}
