import type { CallPath } from "../protocol/wire";

/** What of a candidate's statistics tells the way of the media (W3C WebRTC Statistics, RTCIceCandidateStats). */
export interface CandidateStats {
  candidateType?: string;
  /** Absent or empty where the browser hides it, as that of a peer-reflexive one. */
  address?: string | null;
}

interface Stats extends CandidateStats {
  id: string;
  type: string;
  selectedCandidatePairId?: string;
  localCandidateId?: string;
  remoteCandidateId?: string;
  selected?: boolean;
  nominated?: boolean;
  state?: string;
}

/** Returns the way that the media takes by a report of getStats; undefined while none is selected. */
export function readPath(report: Iterable<[string, unknown]>): CallPath | undefined {
  const stats = new Map(report as Iterable<[string, Stats]>);
  const all = [...stats.values()];
  const transport = all.find(
    ({ type, selectedCandidatePairId }) => type === "transport" && selectedCandidatePairId,
  );
  const pair =
    stats.get(transport?.selectedCandidatePairId ?? "") ??
    all.find(
      ({ type, selected, nominated, state }) =>
        type === "candidate-pair" && (selected ?? (nominated && state === "succeeded")),
    );
  const local = stats.get(pair?.localCandidateId ?? "");
  const remote = stats.get(pair?.remoteCandidateId ?? "");
  if (local === undefined || remote === undefined) return undefined;
  const reflexive = (type: string): string[] =>
    all
      .filter((one) => one.type === type && one.candidateType === "srflx")
      .map(({ address }) => address ?? "");
  return classify(local, remote, reflexive("local-candidate"), reflexive("remote-candidate"));
}

/**
 * Classifies the selected pair of candidates. ours and theirs are the addresses
 * under which a STUN server saw each side: two sides with the same one share a
 * network, even where the browser hides the addresses of the pair itself.
 */
export function classify(
  local: CandidateStats,
  remote: CandidateStats,
  ours: readonly string[],
  theirs: readonly string[],
): CallPath {
  if (local.candidateType === "relay" || remote.candidateType === "relay") return "relayed";
  if (local.address && remote.address) return near(local.address, remote.address) ? "local" : "direct";
  const hosts = local.candidateType === "host" && remote.candidateType === "host";
  if (hosts) return "local"; // Hidden behind a name of multicast DNS, which only the same network resolves.
  if (ours.length > 0 || theirs.length > 0)
    return ours.some((seen) => theirs.includes(seen)) ? "local" : "direct";
  return "local"; // No address translation is in sight.
}

/** Whether two addresses lie in one network: both private, the same, or of one IPv6 /64. */
function near(a: string, b: string): boolean {
  return (
    a === b ||
    (isPrivate(a) && isPrivate(b)) ||
    (a.includes(":") && b.includes(":") && prefix(a) === prefix(b))
  );
}

/** Private, link-local and loopback ranges (RFC 1918, 3927, 4193, 4291), and names of multicast DNS. */
function isPrivate(address: string): boolean {
  return (
    /^(10|127)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\./.test(address) ||
    /^(f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|::1$)/i.test(address) ||
    address.endsWith(".local")
  );
}

/** The first 64 bits of an IPv6 address, written out. */
function prefix(address: string): string {
  const [head = "", tail] = address.toLowerCase().split("::");
  const front = head.split(":").filter(Boolean);
  const back = (tail ?? "").split(":").filter(Boolean);
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - front.length - back.length }, () => "0");
  return [...front, ...zeros, ...back]
    .slice(0, 4)
    .map((group) => parseInt(group, 16))
    .join(":");
}
