/**
 * The client that any portal embeds: no DOM, no dependency.
 *
 *     const client = new ParleyClient({ url, token: () => fetchToken(), storage: sessionStorage });
 *     client.addEventListener("session", ({ detail: live }) => {
 *       live.addEventListener("change", () => draw(live.entries, live.outgoing, live.typing));
 *       live.post("Good morning");
 *     });
 */
export { ActivityClock, type ActivityEvents } from "./activity";
export { ParleyClient, type ClientEvents, type ParleyOptions } from "./client";
export { browser, type Environment } from "./environment";
export { Events } from "./events";
export { bytes, type AnyPush, type CommandOptions } from "./exchange";
export { Fault } from "./fault";
export { groupsOf, isOffered, isOver, takesPart, waitsSince, type Groups } from "./life";
export {
  codeOf,
  digestOf,
  newCode,
  newSecret,
  offered,
  secretOf,
  shownCode,
  type Ticket,
} from "./invitation";
export type { ConnectionState } from "./link";
export type { Reached } from "./marks";
export { Notices, type NoticesEvents, type NoticeTo } from "./notices";
export type { MessageStorage, Undelivered } from "./outbox";
export { deviceState, isInactive, type DeviceFacts } from "./device";
export { Roster, type RosterEvents } from "./roster";
export type { Delivery, Outgoing } from "./sender";
export { LiveSession, type LiveSessionEvents } from "./session";
export {
  TicketList,
  type Listing,
  type LookedInto,
  type TicketListEvents,
  type TicketQuery,
} from "./tickets";
export { isSaid } from "./transcript";
