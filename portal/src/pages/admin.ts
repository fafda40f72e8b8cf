import "./page.css";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { Fault, type ParleyClient } from "../client/index";
import type { DirectoryRecord, Office, RecordKind, Settings } from "../protocol/wire";
import "../ui/audit-list";
import { hear } from "../ui/events";
import "../ui/explain-view";
import "../ui/record-dialog";
import type { RecordDialog } from "../ui/record-dialog";
import { kinds, ofCompany } from "../ui/record-kinds";
import "../ui/record-list";
import type { Saving } from "../ui/settings-form";
import "../ui/settings-form";
import { DirectoryWork, placeOf, type Kept, type Place } from "./directory-work";
import { PageElement } from "./page-element";
import { pageStyles } from "./page-styles";

const tabs: readonly RecordKind[] = ["company", "technician", "role", "scope", "machine_role"];

/** The administrator's page: settings, who there is and who may do what, and what was done. */
@customElement("parley-admin")
export class AdminPage extends PageElement {
  protected readonly place = "Administration";

  @state() private settings: Settings | undefined;
  @state() private office: Office | undefined;
  @state() private saving: Saving = { kind: "idle" };
  @state() private refusal = "";
  @query("parley-record") private readonly dialog!: RecordDialog;

  private work: DirectoryWork | undefined;
  private readonly moved = (): void => void this.work?.show(placeOf(location.hash));

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.moved);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.moved);
  }

  protected override follow(client: ParleyClient): void {
    const work = new DirectoryWork(client, () => this.requestUpdate());
    this.work = work;
    client.addEventListener("welcome", () => void this.begin(client, work));
    client.addEventListener("push", ({ detail: { name, data } }) => {
      if (name === "directory.changed") work.heard(data.kind, data.company);
    });
    hear(this.renderRoot, "parley-save", ({ settings }) => void this.save(client, settings));
    hear(this.renderRoot, "parley-find", ({ words }) => void work.read(words));
    hear(this.renderRoot, "parley-more", () => void work.nextPage());
    hear(this.renderRoot, "parley-edit", ({ record }) => void this.dialog.show(record ?? this.fresh(work)));
    hear(this.renderRoot, "parley-put", ({ record }) => void this.kept(work.put(record)));
    hear(this.renderRoot, "parley-remove", ({ record }) => void this.kept(work.remove(record)));
    hear(this.renderRoot, "parley-explain", ({ question }) => void work.explain(question));
    hear(this.renderRoot, "parley-audit", ({ company }) => (location.hash = `#/audit/${company}`));
    hear(this.renderRoot, "parley-export", () => void this.saveAudit(work));
  }

  protected override content(): TemplateResult {
    const at = this.work?.place ?? { at: "settings" };
    return html`<main>
        <div class="middle">
          <h1 class="unseen">Administration</h1>
          ${this.refusal ? nothing : this.tabs(at)} ${this.shown(at)}
          ${
            this.refusal
              ? html`<p>${this.refusal}</p>
                  <p><a href="/">Choose somebody else</a></p>`
              : nothing
          }
        </div>
      </main>
      <parley-record></parley-record>`;
  }

  private tabs(at: Place): TemplateResult {
    const link = (href: string, words: string, here: boolean): TemplateResult =>
      html`<a href=${href} aria-current=${here ? "page" : nothing}>${words}</a>`;
    const shown = (kind: RecordKind): boolean =>
      at.at === "records" && (at.kind === kind || (kind === "company" && at.company !== ""));
    return html`<nav aria-label="Administration">
        ${link("#/settings", "Settings", at.at === "settings")}
        ${tabs.map((kind) => link(`#/${kind}`, kinds[kind].many, shown(kind)))}
        ${link("#/effective", "Effective permissions", at.at === "effective")}
        ${link("#/audit", "Audit", at.at === "audit")}
      </nav>
      ${
        at.at === "records" && at.company
          ? html`<nav aria-label=${`Company ${at.company}`}>
              ${ofCompany.map((kind) => link(`#/company/${at.company}/${kind}`, kinds[kind].many, at.kind === kind))}
              ${link(`#/audit/${at.company}`, "Audit of the company", false)}
            </nav>`
          : nothing
      }`;
  }

  private shown(at: Place): TemplateResult | typeof nothing {
    const { work } = this;
    if (!work || this.refusal) return nothing;
    const wrong =
      work.refusal && at.at !== "effective" ? html`<p class="bad" role="alert">${work.refusal}</p>` : nothing;
    switch (at.at) {
      case "settings":
        return this.settings
          ? html`<parley-settings
              .settings=${this.settings}
              .saving=${this.saving}
              .office=${this.office}
            ></parley-settings>`
          : html`<p>Reading the settings…</p>`;
      case "records":
        return html`${wrong}<parley-records
            .kind=${at.kind}
            .company=${at.company}
            .records=${work.records}
            ?more=${work.more}
          ></parley-records>`;
      case "effective":
        return html`<parley-effective
          .explained=${work.explained}
          .refusal=${work.refusal}
        ></parley-effective>`;
      case "audit":
        return html`${wrong}<parley-audit-list
            .company=${at.company}
            .lines=${work.lines}
            ?more=${work.more}
          ></parley-audit-list>`;
    }
  }

  private async begin(client: ParleyClient, work: DirectoryWork): Promise<void> {
    await this.load(client);
    if (this.refusal) return;
    await client.command("directory.follow", {}).catch((error: unknown) => this.board.trouble(error));
    await work.show(placeOf(location.hash));
  }

  // A new record of what is shown.
  private fresh({ place }: DirectoryWork): DirectoryRecord {
    const at = place.at === "records" ? place : { kind: "company" as const, company: "" };
    return { kind: at.kind, id: "", name: "", version: 0, ...(at.company ? { company: at.company } : {}) };
  }

  private async kept(keeping: Promise<Kept>): Promise<void> {
    const kept = await keeping;
    if (kept.kind === "refused") return this.dialog.refused(kept.why, kept.theirs);
    this.dialog.done();
    this.board.done("Saved.");
  }

  private async saveAudit(work: DirectoryWork): Promise<void> {
    const url = URL.createObjectURL(new Blob([await work.file()], { type: "text/csv" }));
    const link = Object.assign(document.createElement("a"), { href: url, download: "audit.csv" });
    link.click();
    URL.revokeObjectURL(url);
  }

  private async load(client: ParleyClient): Promise<void> {
    try {
      await this.take(client, await client.command("admin.show", {}));
      this.refusal = "";
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
        padding: var(--s4);
      }

      .middle {
        max-width: 56rem;
        margin: 0 auto;
      }

      .unseen {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }

      nav {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s1);
        margin-bottom: var(--s4);
      }

      nav a {
        display: inline-flex;
        align-items: center;
        min-height: var(--target);
        padding: 0 var(--s3);
        border: 1px solid var(--line);
        border-radius: var(--round);
        color: var(--ink);
        background: var(--surface);
        text-decoration: none;
      }

      nav a:focus-visible {
        outline: var(--focus);
        outline-offset: 2px;
      }

      nav a[aria-current] {
        color: var(--on-accent);
        background: var(--accent);
        border-color: var(--accent);
      }

      .bad {
        color: var(--bad);
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
