import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import type { Hours, OfficeHours as Value } from "../protocol/wire";
import { controls } from "./controls";
import { icon } from "./icons";
import { alwaysOpen, days, holidaysOf, hoursComplaint, nextHours, zones } from "./office";

/** A week of office hours to be changed. It tells what they are as `change`. */
@customElement("parley-office-hours")
export class OfficeHours extends LitElement {
  @property({ attribute: false }) value: Value = {};

  @state() private holidaysWrong = false;

  private get week(): readonly Hours[] {
    return this.value.week ?? [];
  }

  protected override render(): TemplateResult {
    const always = alwaysOpen(this.value);
    return html`
      <label class="check">
        <input type="checkbox" .checked=${always} @change=${() => this.toggle(!always)} />
        Always open
      </label>
      ${always ? nothing : html`${this.zone()}${days.map(({ day, name }) => this.day(day, name))}${this.holidays()}`}
    `;
  }

  private zone(): TemplateResult {
    const { zone } = this.value;
    return html`<p class="zone">
      <label for="zone">Time zone</label>
      <select
        id="zone"
        @change=${(event: Event) =>
          this.become({ ...this.value, zone: (event.target as HTMLSelectElement).value })}
      >
        ${guard([zone], () =>
          zones(zone).map((one) => html`<option value=${one} .selected=${one === zone}>${one}</option>`),
        )}
      </select>
    </p>`;
  }

  private holidays(): TemplateResult {
    return html`<p class="holidays">
        <label for="holidays">Closed on holidays</label>
        <input
          id="holidays"
          autocomplete="off"
          placeholder="2026-12-25 2026-12-26"
          aria-describedby="holidays-hint"
          aria-invalid=${this.holidaysWrong}
          .value=${(this.value.holidays ?? []).join(" ")}
          @change=${(event: Event) => this.close((event.target as HTMLInputElement).value)}
        />
      </p>
      <p id="holidays-hint" class="soft">Days such as 2026-12-25, with spaces between them.</p>
      <p class="bad" role="alert">
        ${this.holidaysWrong ? "Some of this is no day such as 2026-12-25, and is not taken over." : ""}
      </p>`;
  }

  private close(text: string): void {
    const list = holidaysOf(text);
    this.holidaysWrong = list === undefined;
    if (list === undefined) return;
    const next = { ...this.value };
    delete next.holidays;
    this.become(list.length > 0 ? { ...next, holidays: list } : next);
  }

  private day(day: number, name: string): TemplateResult {
    const hours = this.week.filter((one) => one.day === day);
    return html`<div class="day" role="group" aria-label=${name}>
      <span class="name" aria-hidden="true">${name}</span>
      <div class="times">
        ${hours.length === 0 ? html`<p class="soft">Closed</p>` : nothing}
        ${hours.map((one, index) => this.time(one, hours.length > 1 ? `${name}, time ${index + 1}` : name))}
      </div>
      <button
        class="quiet"
        type="button"
        aria-label=${`Add a time on ${name}`}
        @click=${() => this.set([...this.week, nextHours(this.week, day)])}
      >
        Add
      </button>
    </div>`;
  }

  private time(hours: Hours, name: string): TemplateResult {
    const complaint = hoursComplaint(hours);
    return html`<div class="time">
        ${this.field(`${name}: open from`, hours.from, (from) => this.replace(hours, { ...hours, from }))}
        <span aria-hidden="true">to</span>
        ${this.field(`${name}: open to`, hours.to === "24:00" ? "00:00" : hours.to, (to) =>
          this.replace(hours, { ...hours, to: to === "00:00" ? "24:00" : to }),
        )}
        <button
          class="quiet icon"
          type="button"
          aria-label=${`Remove ${name}, ${hours.from} to ${hours.to}`}
          title="Remove"
          @click=${() => this.set(this.week.filter((one) => one !== hours))}
        >
          ${icon("close")}
        </button>
      </div>
      ${complaint ? html`<p class="bad" role="alert">${complaint}</p>` : nothing}`;
  }

  private field(label: string, value: string, changed: (to: string) => void): TemplateResult {
    return html`<input
      type="time"
      aria-label=${label}
      .value=${value}
      @change=${(event: Event) => changed((event.target as HTMLInputElement).value)}
    />`;
  }

  private replace(old: Hours, by: Hours): void {
    this.set(this.week.map((one) => (one === old ? by : one)));
  }

  private set(week: readonly Hours[]): void {
    this.become({ ...this.value, week: [...week] });
  }

  // Who is not always open begins with a usual week where they are.
  private toggle(always: boolean): void {
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    const usual = [1, 2, 3, 4, 5].map((day) => ({ day, from: "09:00", to: "17:00" }));
    this.become(always ? {} : { zone: timeZone || "UTC", week: usual });
  }

  private become(value: Value): void {
    this.value = value;
    this.dispatchEvent(new CustomEvent<Value>("change", { detail: value }));
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }

      .check,
      .zone,
      .holidays,
      .time {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--s1) var(--s2);
      }

      .check {
        min-height: var(--target);
      }

      [type="checkbox"] {
        width: 1.1rem;
        height: 1.1rem;
        min-height: 0;
        accent-color: var(--accent);
      }

      .zone {
        margin-bottom: var(--s2);
      }

      select {
        flex: 0 1 16rem;
        min-width: 0;
        max-width: 100%;
      }

      .day {
        display: grid;
        grid-template-columns: 6.5rem minmax(0, 1fr) auto;
        align-items: start;
        gap: var(--s1) var(--s2);
        padding: var(--s1) 0;
        border-top: 1px solid var(--line);
      }

      .name,
      .times > p {
        line-height: var(--target);
      }

      .soft {
        color: var(--ink-soft);
      }

      .times {
        display: grid;
        gap: var(--s1);
      }

      .times > .bad {
        color: var(--bad);
        line-height: 1.4;
      }

      @media (max-width: 30rem) {
        .day {
          grid-template-columns: minmax(0, 1fr) auto;
        }

        .times {
          grid-row: 2;
          grid-column: span 2;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-office-hours": OfficeHours;
  }
}
