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
export {
  ParleyClient,
  type AnyPush,
  type ClientEvents,
  type CommandOptions,
  type ConnectionState,
  type MessageStorage,
  type ParleyOptions,
} from "./client";
export { Events } from "./events";
export { Fault } from "./fault";
export { Roster, type RosterEvents } from "./roster";
export { LiveSession, type Delivery, type LiveSessionEvents, type Outgoing } from "./session";
export type * from "../protocol/wire";
