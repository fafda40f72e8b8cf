import { html, type TemplateResult } from "lit";
import { Fault } from "../src/client/index";
import { noCall } from "../src/ui/call-panel";
import "../src/ui/closing-dialog";
import "../src/ui/invite-dialog";
import "../src/ui/notify-offer";
import "../src/ui/pane";
import "../src/ui/requests";
import {
  abandoned,
  alice,
  bob,
  callback,
  closedTicket,
  colleagues,
  connecting,
  devices,
  entries,
  requested,
  rows,
  session,
  ticket,
  tickets,
  view,
} from "../src/ui/samples";
import "../src/ui/settings-form";
import "../src/ui/ticket-card";
import "../src/ui/ticket-dialog";
import "../src/ui/tickets";
import "../src/ui/transfer-dialog";

const hers = { ...session, owner: alice.id };
const offered = { ...hers, id: "acme/7", transfer: { to: bob, by: alice } };
const taken = { ...session, id: "acme/8", owner: bob.id, participants: [{ ...bob, joined: true }] };
const byCode = {
  ...taken,
  id: "acme/10",
  kind: "ondemand" as const,
  device: { id: "g", name: "Reception PC" },
};
const plain = { call: noCall, minimised: false, unread: 0 };

const week = [
  { day: 1, from: "09:00", to: "12:30" },
  { day: 1, from: "13:30", to: "18:00" },
  { day: 2, from: "09:00", to: "24:00" },
  { day: 3, from: "17:00", to: "09:00" },
];

const opens = (dialog: "parley-closing" | "parley-transfer"): void => {
  requestAnimationFrame(() => void document.querySelector(dialog)?.show(session));
};

/** What technicians and administrators work with. */
export const consoleScenes: Record<string, () => TemplateResult> = {
  console: () => html`
    <h2>Asking now</h2>
    <div class="narrow">
      <parley-requests .sessions=${[offered, requested]} .me=${bob}></parley-requests>
    </div>
    <h2>The session manager</h2>
    <div class="narrow">
      <parley-sessions
        .sessions=${[taken, hers, byCode, offered, requested, abandoned, callback]}
        .me=${bob}
        .reachable=${new Set([callback.contact.id])}
        .picked=${{ session: hers.id, glimpse: { kind: "lines", entries } }}
      ></parley-sessions>
      <parley-notify permission="default"></parley-notify>
    </div>
    <h2>With nothing to do</h2>
    <div class="narrow"><parley-sessions .me=${bob}></parley-sessions></div>
    <h2>People</h2>
    <div class="narrow">
      <parley-roster
        .contacts=${rows}
        .devices=${devices}
        .sessions=${[session]}
        me="b"
        .companies=${["acme", "globex"]}
        current
        direct
      ></parley-roster>
      <parley-colleagues .technicians=${colleagues} .me=${alice}></parley-colleagues>
    </div>
  `,
  tickets: () => {
    requestAnimationFrame(() => {
      for (const one of document.querySelectorAll("parley-tickets"))
        one.shadowRoot?.querySelector("summary")?.click();
    });
    return html`<h2>Tickets</h2>
      <div class="narrow">
        <parley-tickets
          .tickets=${tickets}
          .listing=${{ kind: "here" }}
          more
          .companies=${["acme", "globex"]}
          .contacts=${rows}
          current
          .me=${alice}
          .looked=${{ ticket: ticket.id, kind: "here", sessions: [{ ...session, id: "acme/3", state: "ended" }] }}
          .picked=${{ session: "acme/3", glimpse: { kind: "lines", entries } }}
        ></parley-tickets>
        <parley-ticket-card
          .ticket=${closedTicket}
          .me=${alice}
          .looked=${{ ticket: ticket.id, kind: "reading" }}
        ></parley-ticket-card>
      </div>
      <h2>None, and none to be had</h2>
      <div class="narrow">
        <parley-tickets .listing=${{ kind: "here" }} .companies=${["acme"]} .me=${alice}></parley-tickets>
        <parley-tickets
          .listing=${{
            kind: "failed",
            fault: new Fault("unavailable", "There is no connection at the moment."),
          }}
          .companies=${["acme"]}
          .me=${alice}
        ></parley-tickets>
      </div>`;
  },
  "ticket-dialog": () => {
    requestAnimationFrame(
      () => void document.querySelector("parley-ticket-dialog")?.show({ kind: "close", ticket }),
    );
    return html`<h2>Closing a ticket</h2>
      <parley-ticket-dialog></parley-ticket-dialog>`;
  },
  closing: () => {
    opens("parley-closing");
    return html`<h2>Ending a session</h2>
      <parley-closing .me=${alice}></parley-closing>`;
  },
  transfer: () => {
    opens("parley-transfer");
    return html`<h2>Handing a session on</h2>
      <parley-transfer .technicians=${colleagues} .me=${alice}></parley-transfer>`;
  },
  inviting: () => {
    requestAnimationFrame(() => void document.querySelector("parley-invite")?.ask());
    return html`<h2>Inviting somebody</h2>
      <parley-invite .companies=${["acme", "globex"]}></parley-invite>`;
  },
  code: () => {
    const made = {
      session: "acme/9",
      guest: "g",
      kind: "code",
      shown: "7K2M-Q4X9",
      until: Date.now() + 899_000,
    } as const;
    requestAnimationFrame(() => void document.querySelector("parley-invite")?.show(made));
    return html`<h2>A code to read out</h2>
      <parley-invite></parley-invite>`;
  },
  connecting: () => html`
    <h2>Asking the contact, and what became of it</h2>
    <parley-desk
      class="tall"
      .windows=${[
        { ...plain, view: { ...view, session: connecting } },
        { ...plain, view: { ...view, session: { ...connecting, id: "acme/9", state: "declined" } } },
        { ...plain, view: { ...view, session: { ...hers, transfer: { to: bob, by: alice } } } },
      ]}
      front=${connecting.id}
      .me=${alice}
      linked
      lists
    ></parley-desk>
  `,
  pane: () => html`
    <h2>Beside another page</h2>
    <parley-pane class="tall" open>
      <p>What the chat stands beside</p>
      <parley-chat slot="chat" .view=${view} .me=${alice} linked></parley-chat>
    </parley-pane>
    <h2>Closed, with news</h2>
    <parley-pane class="tall" unread="2">
      <p>What the chat stands beside</p>
      <parley-chat slot="chat" .view=${view} .me=${alice} linked></parley-chat>
    </parley-pane>
  `,
  settings: () => html`
    <h2>Settings</h2>
    <parley-settings
      .settings=${{
        retentionDays: 30,
        askManaged: true,
        askOnDemand: true,
        officeHours: { zone: "Europe/London", week },
        version: 1,
      }}
      .office=${{ open: false, until: Date.now() + 3_600_000 }}
      .saving=${{ kind: "saved" }}
    ></parley-settings>
  `,
};
