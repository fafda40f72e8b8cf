/**
 * The client that any portal embeds: no DOM, no dependency.
 *
 *     const client = new ParleyClient({ url, token: () => fetchToken(), storage: sessionStorage });
 *     client.addEventListener("session", ({ detail: live }) => {
 *       live.addEventListener("change", () => draw(live.entries, live.outgoing, live.typing));
 *       live.post("Good morning");
 *     });
 */
export { ActivityClock, type ActivityEvents } from "./activity.ts";
export {
  ParleyClient,
  type AnyPush,
  type ClientEvents,
  type CommandOptions,
  type ConnectionState,
  type MessageStorage,
  type ParleyOptions,
} from "./client.ts";
export { Events, type Brings } from "./events.ts";
export { Fault } from "./fault.ts";
export { Roster, type RosterEvents } from "./roster.ts";
export { LiveSession, type Delivery, type LiveSessionEvents, type Outgoing } from "./session.ts";
export type * from "../protocol/wire.ts";
