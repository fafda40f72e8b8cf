import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { CallPath, Session } from "../protocol/wire";
import { noCall, type CallView } from "./call-panel";
import { placeOf } from "./chat-notes";
import { controls } from "./controls";
import { icon } from "./icons";

/**
 * The status bar of a chat: the device, who is logged on there, and how what is
 * said is encrypted.
 *
 * Text always goes through the gateway, under TLS; which cipher TLS has chosen a
 * page cannot learn, so that no "AES" is claimed. A call is encrypted from
 * browser to browser with DTLS-SRTP, which is AES, and either takes a direct way
 * or goes through the relay, which cannot read it. So what other products call
 * "TLS + AES" (by the gateway) is "TLS" here or "relayed", and what they call
 * "AES (P2P)" is "direct (P2P)".
 */
@customElement("parley-chat-status")
export class ChatStatus extends LitElement {
  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) call: CallView = noCall;
  /** Whether this page, and with it its connection to the service, is encrypted. */
  @property({ type: Boolean }) secure = location.protocol === "https:";

  protected override render(): TemplateResult {
    const { kind, device, contact } = this.session;
    const place = placeOf(this.session);
    const portal = kind !== "staff" && device === undefined;
    const path = pathOf(this.call);
    return html`
      <span class="part"
        >${icon(kind === "staff" ? "chat" : "device")}${portal ? `Portal of ${place}` : place}</span
      >
      <span class="part">${icon("people")}${contact.name}</span>
      <span class="part">
        ${icon("lock")}${this.secure ? "Text: TLS" : "Text: not encrypted (page without https)"}${
          path ? `. Call: DTLS-SRTP, ${ways[path]}` : ""
        }
      </span>
    `;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--s3);
        padding: var(--s1) var(--s4);
        border-top: 1px solid var(--line);
        color: var(--ink-soft);
        background: var(--sunken);
        font-size: var(--small);
      }

      .part {
        display: inline-flex;
        align-items: center;
        gap: var(--s1);
        min-width: 0;
        overflow-wrap: anywhere;
      }

      svg {
        width: 0.9rem;
        height: 0.9rem;
      }
    `,
  ];
}

const ways: Record<CallPath, string> = {
  local: "direct (P2P, same network)",
  direct: "direct (P2P)",
  relayed: "relayed",
};

function pathOf({ phase }: CallView): CallPath | undefined {
  return phase.kind === "connected" ? phase.path : undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-chat-status": ChatStatus;
  }
}
