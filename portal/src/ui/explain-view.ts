import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Decision, Explain, Explained } from "../protocol/wire";
import { controls } from "./controls";
import { tell } from "./events";
import { rightWords } from "./record-kinds";

/** What holds for a person, and which level decided it. */
@customElement("parley-effective")
export class EffectiveView extends LitElement {
  @property({ attribute: false }) explained: Explained | undefined;
  /** Why there is no answer. */
  @property() refusal = "";

  @state() private asked: Explain["role"] = "contact";

  protected override render(): TemplateResult {
    const technician = this.asked === "technician";
    return html`<section aria-labelledby="title">
      <h2 id="title">Effective permissions</h2>
      <p class="lead">What holds for somebody, and which level decided it.</p>
      <form @submit=${(event: SubmitEvent) => this.asks(event)}>
        <label>
          Role
          <select
            name="role"
            @change=${(event: Event) => (this.asked = (event.target as HTMLSelectElement).value as Explain["role"])}
          >
            <option value="contact">Contact</option>
            <option value="technician">Technician</option>
          </select>
        </label>
        ${field("person", "Id of the person")} ${field("company", "Company")}
        ${technician ? field("group", "Device group (optional)") : field("device", "Device (optional)")}
        <button class="primary" type="submit">Show</button>
      </form>
      <p class="bad" role="alert">${this.refusal}</p>
      ${this.explained ? table(this.explained) : nothing}
    </section>`;
  }

  private asks(event: SubmitEvent): void {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const value = (name: string): string => {
      const text = data.get(name);
      return typeof text === "string" ? text.trim() : "";
    };
    const question: Explain = { role: this.asked, person: value("person") };
    for (const name of ["company", "device", "group"] as const) if (value(name)) question[name] = value(name);
    tell(this, "parley-explain", { question });
  }

  static override styles = [
    controls,
    css`
      h2 {
        font-size: var(--large);
      }

      .lead {
        color: var(--ink-soft);
      }

      form {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: var(--s3);
        margin: var(--s3) 0;
      }

      label {
        display: grid;
        flex: 1 1 11rem;
        font-weight: 600;
      }

      input {
        min-width: 0;
        width: 100%;
        font-weight: 400;
      }

      table {
        width: 100%;
        margin-top: var(--s3);
        border-collapse: collapse;
        background: var(--surface);
      }

      caption {
        padding: var(--s2) 0;
        font-weight: 600;
        text-align: start;
      }

      th,
      td {
        padding: var(--s2) var(--s3);
        border: 1px solid var(--line);
        overflow-wrap: anywhere;
        text-align: start;
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

function field(name: string, label: string): TemplateResult {
  return html`<label>${label}<input name=${name} autocomplete="off" /></label>`;
}

function table({ person, decisions }: Explained): TemplateResult {
  return html`<table>
    <caption>
      ${person.name}
    </caption>
    <thead>
      <tr>
        <th scope="col">Right</th>
        <th scope="col">Holds</th>
        <th scope="col">Decided by</th>
      </tr>
    </thead>
    <tbody>
      ${decisions.map(
        (one) =>
          html`<tr>
            <th scope="row">${rightWords[one.right]}</th>
            <td class=${one.allowed ? "good" : "bad"}>${one.allowed ? "Yes" : "No"}</td>
            <td>${levelWords(one)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function levelWords({ level, by }: Decision): string {
  if (level === "default") return "nobody has set it";
  if (level === "device") return `the device's machine role ${by ?? ""}`;
  return by === undefined ? `the ${level}` : `the ${level} ${by}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-effective": EffectiveView;
  }
}
