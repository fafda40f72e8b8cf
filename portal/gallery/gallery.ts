import { html, render, type TemplateResult } from "lit";
import { Fault } from "../src/client/index";
import "../src/pages/page.css";
import "../src/ui/chat";
import { noCall } from "../src/ui/call-panel";
import type { ChatView } from "../src/ui/chat-notes";
import "../src/ui/colleagues";
import "../src/ui/desk";
import "../src/ui/image-send";
import "../src/ui/join-form";
import "../src/ui/notices";
import "../src/ui/own-tickets";
import "../src/ui/notice-read";
import "../src/ui/notice-write";
import "../src/ui/offer-dialog";
import type { Told } from "../src/ui/events";
import { prefer, preferences, type Preferences } from "../src/ui/preferences";
import "../src/ui/request-form";
import "../src/ui/roster";
import "../src/ui/secret-send";
import "../src/ui/secret-show";
import "../src/ui/sessions";
import "../src/ui/topbar";
import "../src/ui/undelivered";
import {
  alice,
  calls,
  carol,
  dave,
  device,
  ended,
  entries,
  now,
  pictures,
  requested,
  secrets,
  session,
  tickets,
  view,
} from "../src/ui/samples";
import { consoleScenes } from "./console";
import { directoryScenes } from "./directory";
import { fleet } from "./fleet";

const query = new URLSearchParams(location.search);
const theme = query.get("theme");
if (theme) prefer({ ...preferences(), theme: theme as Preferences["theme"] });

const chat = (title: string, shown: ChatView, me = alice, linked = true): TemplateResult => html`
  <h2>${title}</h2>
  <parley-chat .view=${shown} .me=${me} .linked=${linked}></parley-chat>
`;

const waiting: ChatView = {
  ...view,
  session: { ...requested, createdAt: now - 18_000 },
  entries: [{ seq: 1, at: now, kind: "requested", by: dave, text: requested.problem ?? "" }],
  typing: [],
};
const abandoned = { state: "abandoned", callback: { phone: "+44 20 7946 0000", at: now } } as const;
const mark = { participant: carol.id, delivered: 10, read: 4 };
const marks = [mark];
const called = [{ ...mark, notified: 10, rung: "toast", notifiedAt: now }] as const;

const undelivered = [
  "It is the blue one.",
  "And it is on the second floor, next to the kitchen.\nThe door is open.",
].map((text, n) => ({
  session: session.id,
  message: `u${n}`,
  text,
  at: now,
  fault: { code: "conflict", message: "This session is ended." },
}));
const secretOf = 7; // The seq of the sample that waits.

/** Opens a dialog when it has been drawn. */
const opens = (open: () => unknown): void => void requestAnimationFrame(() => requestAnimationFrame(open));

const showsSecret = async (): Promise<void> => {
  const dialog = document.querySelector("parley-secret-show");
  dialog?.addEventListener("parley-reveal", (event) => {
    (event as CustomEvent<Told["parley-reveal"]>).detail.take(
      Promise.resolve("correct horse battery staple"),
    );
  });
  await dialog?.show(secretOf, alice.name);
  dialog?.shadowRoot?.querySelector<HTMLElement>(".primary")?.click();
};

// A picture with something to see on it.
const drawing = (): Promise<Blob> => {
  const canvas = new OffscreenCanvas(640, 400);
  const context = canvas.getContext("2d");
  context?.fillRect(0, 0, 640, 400);
  for (const n of [0, 1, 2, 3]) context?.clearRect(40 + n * 150, 60, 110, 280);
  return canvas.convertToBlob({ type: "image/png" });
};

const scenes: Record<string, () => TemplateResult> = {
  ...consoleScenes,
  fleet,
  ...directoryScenes,
  lists: () => html`
    <parley-topbar
      name="Alice Archer"
      place="Technician"
      availability="busy"
      .link=${{ kind: "open" }}
    ></parley-topbar>
    <parley-topbar name="Carol Jones" place="Help" .link=${{ kind: "waiting", retryAt: now }}></parley-topbar>
    <parley-undelivered .messages=${undelivered}></parley-undelivered>
  `,
  chats: () => html`
    ${chat("Active, for the technician", view)} ${chat("Active, for the contact", view, carol)}
    ${chat(
      "Not connected, messages waiting",
      {
        ...view,
        entries: entries.slice(0, 3),
        typing: [],
        connected: new Set(),
        outgoing: [
          { message: "o1", text: "First, while offline", at: now, delivery: { kind: "waiting" } },
          { message: "o2", text: "Being sent", at: now, delivery: { kind: "sending" } },
          {
            message: "o3",
            text: "Refused",
            at: now,
            delivery: { kind: "failed", fault: new Fault("conflict", "This session is ended.") },
          },
        ],
      },
      alice,
      false,
    )}
    ${chat("The other is disconnected", { ...view, connected: new Set(["a"]), typing: [] })}
    ${chat(
      "Waiting for help",
      {
        ...view,
        session: requested,
        entries: [{ seq: 1, at: now, kind: "requested", by: dave, text: requested.problem ?? "" }],
        typing: [],
      },
      dave,
    )}
    ${chat("Ended", { ...view, session: ended, typing: [] }, carol)}
  `,
  contact: () => html`
    ${chat("Waiting, second in the queue", { ...waiting, place: 2 }, dave)}
    ${chat("Waiting for longer than a minute", { ...waiting, place: 1, session: { ...requested } }, dave)}
    ${chat("Outside office hours", { ...waiting, office: { open: false, until: now + 60_000_000 } }, dave)}
    ${chat("To be called back", { ...waiting, session: { ...requested, ...abandoned } }, dave)}
    ${chat("Declined", { ...view, session: { ...session, state: "declined" }, typing: [] }, carol)}
    ${chat("Marks, and links", { ...view, marks }, alice)}
    ${chat("Notified, on a hidden page", { ...view, typing: [], marks: called }, alice)}
    <div class="narrow"><parley-notify optional permission="default"></parley-notify></div>
    <parley-offer
      .session=${query.has("asked") ? { ...session, state: "connecting" } : undefined}
    ></parley-offer>
  `,
  calls: () =>
    html`${Object.entries(calls).map(
      ([title, call]) =>
        html`<h2>${title}</h2>
          <parley-chat
            .view=${{ ...view, entries: entries.slice(-2) }}
            .me=${alice}
            .call=${call}
            linked
          ></parley-chat>`,
    )}`,
  secrets: () => {
    const dialog = new URLSearchParams(location.search).get("dialog");
    if (dialog === "send") opens(() => document.querySelector("parley-secret-send")?.show("correct horse"));
    if (dialog === "show") opens(showsSecret);
    return html`<h2>Secrets</h2>
      ${chat("For who sent them", { ...view, entries: secrets, typing: [] })}
      ${chat("For the other", { ...view, entries: secrets, typing: [] }, carol)}
      ${chat("When it is over", { ...view, entries: secrets, session: ended, typing: [] }, carol)}
      <parley-secret-send session="acme/1" to="Carol Jones"></parley-secret-send>
      <parley-secret-show session="acme/1"></parley-secret-show>`;
  },
  images: () =>
    html`<h2>Images</h2>
      ${chat("Here, without words, and gone", { ...view, entries: pictures, typing: [] })}`,
  "image-send": () => {
    opens(async () => document.querySelector("parley-image-send")?.show(await drawing()));
    return html`<h2>Sending an image</h2>
      <parley-image-send session="acme/1"></parley-image-send>`;
  },
  forms: () => html`
    <h2>Asking for help</h2>
    <div class="narrow">
      <parley-request></parley-request>
      <parley-own-tickets .tickets=${tickets} more></parley-own-tickets>
    </div>
    <parley-notices
      .notices=${[
        {
          id: 1,
          kind: "done",
          text: "Request sent to Carol Jones. A chat window opens on their screen.",
          tips: true,
        },
        {
          id: 3,
          kind: "news",
          text: "Bob Baker took over the session with Carol Jones.",
        },
        { id: 2, kind: "trouble", text: "Dave Miller is away. Try again when they are back." },
      ]}
    ></parley-notices>
  `,
  notices: () => {
    const writes = query.get("dialog") === "write";
    const to = { contact: carol.id, name: carol.name, company: "acme" };
    if (writes) opens(() => document.querySelector("parley-notice-write")?.show(to));
    const text = "The mail server restarts at 17:00.\nPlease save your work before that.";
    const shown = [1, 2].map((n) => ({ notice: `n${n}`, by: alice, text }));
    return html`<h2>A message without a chat</h2>
      <parley-notice-write></parley-notice-write>
      <parley-notice-read .notices=${writes ? [] : shown}></parley-notice-read>`;
  },
  join: () => html`
    <h2>Coming by a code</h2>
    <div class="narrow"><parley-join-form></parley-join-form></div>
    <h2>Coming by a link, refused</h2>
    <div class="narrow">
      <parley-join-form linked trouble="This link does not work. Ask for a new one."></parley-join-form>
    </div>
  `,
  desk: () => html`
    <parley-topbar
      name="Alice Archer"
      place="Technician"
      availability="online"
      .link=${{ kind: "open" }}
    ></parley-topbar>
    <parley-desk
      .devices=${new Map([["d7", device("d7", { name: "ACME-LT-07" })]])}
      .windows=${[
        { view, call: noCall, minimised: false, unread: 0 },
        {
          view: { ...view, session: { ...requested, state: "active" } },
          call: calls["ringing"],
          minimised: false,
          unread: 0,
        },
        { view: { ...view, session: ended }, call: noCall, minimised: true, unread: 3 },
      ]}
      front=${query.get("front") ?? ""}
      .me=${alice}
      linked
      lists
    ></parley-desk>
  `,
};

const name = query.get("scene") ?? "";
const scene = scenes[name];
const whole = name === "desk";
render(
  html`<main class=${whole ? "whole" : "scene"}>
    <h1 class="title">Components</h1>
    ${scene ? scene() : Object.keys(scenes).map((one) => html`<p><a href="?scene=${one}">${one}</a></p>`)}
  </main>`,
  document.body,
);
