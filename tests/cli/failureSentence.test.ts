import { expect, test } from "vitest";

import { failureSentence } from "../../cli/failureSentence.ts";
import { type Failure, parseStatus } from "../../contract/status.ts";

const failed = (failure: Failure | null): string =>
  failureSentence({
    ...parseStatus('{"run":"ab12","state":"failed","reason":"round 2: why","rounds":5}'),
    failure,
  });

test("a final failure asks for a correction, or for another runToken", () => {
  const sentence =
    "run ab12 failed after 0 of 5 rounds: round 2: why — correct it and run `pulumi up`, or `pulumi config set runToken` to a new word to run the same again";
  expect(failed(null)).toBe(sentence);
  expect(failed({ code: "app", interrupted: false })).toBe(sentence);
});

test.each<[Omit<Failure, "interrupted">, string]>([
  [
    { code: "timeout", seconds: 5 },
    "give a round more time: pulumi config set roundTimeout 10, then",
  ],
  [
    { code: "memory", role: "client", limit: 256 * 1024 ** 2 },
    "raise it: pulumi config set --path clientResources.memory 512Mi, then",
  ],
  [
    { code: "memory", role: "server" },
    "raise it: pulumi config set --path serverResources.memory 1536Mi, then",
  ],
  [
    { code: "disk", total: 150 * 1024 ** 2 },
    "enlarge the volume: pulumi config set storage 300Mi, then",
  ],
  [
    { code: "disk", total: 100 * 1024 ** 2, wanted: 1000 * 1024 ** 2 },
    "enlarge the volume: pulumi config set storage 1250Mi, then",
  ],
  [
    { code: "disk", total: 1024 ** 3, wanted: 1024 ** 3, runs: { a: 4, b: 3, c: 2, d: 1, e: 1 } },
    "enlarge the volume: pulumi config set storage 2048Mi, or keep fewer runs: pulumi config set keepRuns 2, then",
  ],
  [
    { code: "disk", total: 1024 ** 4, wanted: 1024 ** 4, runs: { a: 4, b: 3 }, shared: true },
    "free some of the disk that the volume lies on, or keep fewer runs: pulumi config set keepRuns 1, then",
  ],
  [
    { code: "volume", user: 65532 },
    "give it to the server: chown 65532 that folder on its node; or take a class of volumes that pods may write: pulumi config set storageClass <name>, then",
  ],
  [
    { code: "volume" },
    "let the pod write it, or take another class of volumes: pulumi config set storageClass <name>, then",
  ],
  [{ code: "keys" }, "give the server the cluster's new keys:"],
  [{ code: "clients" }, "bring the clients back: kubectl get pods -l app=flower-client, then"],
])("an interruption %j names its remedy, and says that the run goes on", (failure, remedy) => {
  expect(failed({ ...failure, interrupted: true })).toBe(
    `run ab12 was interrupted after 0 of 5 rounds: round 2: why — ${remedy} \`pulumi up\`: the run goes on after round 0`,
  );
});

test("a run that was stopped says how to fetch it, and how it goes on", () => {
  expect(failed({ code: "stopped", interrupted: true })).toBe(
    "run ab12 was stopped after 0 of 5 rounds — fetch what it has: kubeflower results — or let it go on: pulumi up",
  );
});

test.each([
  [
    "client 1: ConnectTimeout: HTTPSConnectionPool(host='huggingface.co')",
    "clients reach",
    "egress",
  ],
  [
    "client 0: URLError: <urlopen error [Errno 110] Connection timed out>",
    "clients reach",
    "egress",
  ],
  ["client 2: ConnectionError: Max retries exceeded with url: /a", "clients reach", "egress"],
  ["client 2: OSError: We couldn't connect to 'https://huggingface.co'", "clients reach", "egress"],
  [
    "round 1: URLError: [Errno -3] Temporary failure in name resolution",
    "the server reaches",
    "serverEgress",
  ],
])(
  "an app that could not connect is told which setting opens the way: %s",
  (reason, who, setting) => {
    const status = { ...parseStatus('{"run":"ab12","state":"failed","rounds":5}'), reason };
    expect(failureSentence({ ...status, failure: null })).toBe(
      `run ab12 failed after 0 of 5 rounds: ${reason} — ${who} only what ${setting} opens, such as pulumi config set --path '${setting}[0]' https — correct it and run \`pulumi up\`, or \`pulumi config set runToken\` to a new word to run the same again`,
    );
  },
);
