/** Voice and video calls of a session, between the browsers of its participants. */
export { CallLine, type CallLineEvents, type CallLineOptions } from "./line";
export { MediaFailure, type MediaFailureKind } from "./media";
export type { CallEnd, CallPhase } from "./phase";
export type { RemoteMedia } from "./seat";
