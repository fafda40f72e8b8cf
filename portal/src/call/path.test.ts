import { describe, expect, it } from "vitest";
import { classify, readPath, type CandidateStats } from "./path";

const host = (address?: string): CandidateStats => ({ candidateType: "host", ...(address && { address }) });
const srflx = (address: string): CandidateStats => ({ candidateType: "srflx", address });
const prflx = (address?: string): CandidateStats => ({ candidateType: "prflx", ...(address && { address }) });
const relay = (address: string): CandidateStats => ({ candidateType: "relay", address });

describe("the path of a call (N1)", () => {
  const cases: Record<string, [CandidateStats, CandidateStats, string[], string[], string]> = {
    "our own relay": [relay("203.0.113.9"), host("10.0.0.2"), [], [], "relayed"],
    "their relay": [host("10.0.0.2"), relay("203.0.113.9"), [], [], "relayed"],
    "both relays": [relay("203.0.113.9"), relay("203.0.113.9"), [], [], "relayed"],
    "two hosts of one office": [host("192.168.1.4"), host("192.168.1.9"), [], [], "local"],
    "two hosts behind names of multicast DNS": [host(), host("8f2c.local"), [], [], "local"],
    "one machine": [host("127.0.0.1"), host("127.0.0.1"), [], [], "local"],
    "one machine with a public address": [host("198.51.100.7"), host("198.51.100.7"), [], [], "local"],
    "two servers on the internet": [host("198.51.100.7"), host("203.0.113.5"), [], [], "direct"],
    "two homes with IPv6": [host("2001:db8:1:2::10"), host("2001:db8:9:2::10"), [], [], "direct"],
    "one home with IPv6": [host("2001:db8:1:2::10"), host("2001:db8:1:2:aaaa::1"), [], [], "local"],
    "one home with IPv6, written otherwise": [
      host("2001:0DB8:1:02::10"),
      host("2001:db8:1:2::1"),
      [],
      [],
      "local",
    ],
    "unique local IPv6": [host("fd00:1::1"), host("fd99:2::1"), [], [], "local"],
    "link-local IPv6": [host("fe80::1"), host("fe80::2"), [], [], "local"],
    "through two NATs": [
      srflx("198.51.100.7"),
      srflx("203.0.113.5"),
      ["198.51.100.7"],
      ["203.0.113.5"],
      "direct",
    ],
    "a hairpin through one NAT": [srflx("198.51.100.7"), srflx("198.51.100.7"), [], [], "local"],
    "an office peer learnt on the way": [host("10.0.0.2"), prflx("10.0.0.9"), [], [], "local"],
    "a hidden peer of the same NAT": [host("10.0.0.2"), prflx(), ["198.51.100.7"], ["198.51.100.7"], "local"],
    "a hidden peer of another NAT": [host("10.0.0.2"), prflx(), ["198.51.100.7"], ["203.0.113.5"], "direct"],
    "a hidden peer where no NAT is in sight": [host("10.0.0.2"), prflx(), [], [], "local"],
    "private only in looks": [host("172.32.0.1"), host("10.0.0.1"), [], [], "direct"],
    "the last of 172.16.0.0/12": [host("172.31.255.1"), host("10.0.0.1"), [], [], "local"],
  };
  it.each(Object.entries(cases))("%s", (_name, [local, remote, ours, theirs, path]) => {
    expect(classify(local, remote, ours, theirs)).toBe(path);
  });
});

describe("reading the statistics", () => {
  const report = (extra: [string, unknown][] = []): [string, unknown][] => [
    ["L", { id: "L", type: "local-candidate", candidateType: "relay", address: "203.0.113.9" }],
    ["R", { id: "R", type: "remote-candidate", candidateType: "host", address: "10.0.0.9" }],
    ["P", { id: "P", type: "candidate-pair", localCandidateId: "L", remoteCandidateId: "R" }],
    ...extra,
  ];

  it("takes the pair that the transport names", () => {
    const transport: [string, unknown] = ["T", { id: "T", type: "transport", selectedCandidatePairId: "P" }];
    expect(readPath(report([transport]))).toBe("relayed");
  });

  it("takes the pair that Firefox marks, which names none in the transport", () => {
    const marked = {
      id: "Q",
      type: "candidate-pair",
      localCandidateId: "R",
      remoteCandidateId: "R",
      selected: true,
    };
    expect(readPath(report([["Q", marked]]))).toBe("local");
  });

  it("takes the nominated pair that succeeded", () => {
    const pair = { type: "candidate-pair", localCandidateId: "L", remoteCandidateId: "R", nominated: true };
    expect(readPath(report([["Q", { id: "Q", ...pair, state: "succeeded" }]]))).toBe("relayed");
    expect(readPath(report([["Q", { id: "Q", ...pair, state: "in-progress" }]]))).toBeUndefined();
  });

  it("knows nothing before a pair is selected", () => {
    expect(readPath(report())).toBeUndefined();
    expect(readPath([])).toBeUndefined();
  });
});
