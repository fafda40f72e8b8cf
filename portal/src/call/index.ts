/** Voice and video calls of a session, between the browsers of its participants. */
export { CallLine, type CallLineEvents, type CallLineOptions, type CallPhase, type RemoteMedia } from "./line";
export { MediaFailure, type MediaFailureKind } from "./media";
