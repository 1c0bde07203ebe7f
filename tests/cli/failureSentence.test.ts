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

test.each([
  "URLError: <urlopen error timed out>",
  "URLError: <urlopen error _ssl.c:1011: The handshake operation timed out>",
  "URLError: <urlopen error [Errno -5] No address associated with hostname>",
  "URLError: <urlopen error [Errno -2] Name or service not known>",
  "gaierror: [Errno -3] Temporary failure in name resolution",
  "gaierror: [Errno -3] Lookup timed out",
  "TimeoutError: timed out",
  "TimeoutError: [Errno 110] Connection timed out",
  "TimeoutError: [Errno 110] Operation timed out",
  "ConnectionRefusedError: [Errno 111] Connection refused",
  "OSError: [Errno 101] Network is unreachable",
  "OSError: [Errno 113] No route to host",
  "ClientConnectorError: Cannot connect to host s3.amazonaws.com:443 ssl:default [Connect call failed ('1.2.3.4', 443)]",
  "ClientConnectorDNSError: Cannot connect to host huggingface.co:443 ssl:default [Timeout while contacting DNS servers]",
  "ConnectionTimeoutError: Connection timeout to host https://huggingface.co",
  "ServerTimeoutError: Connection timeout to host https://huggingface.co",
  'EndpointConnectionError: Could not connect to the endpoint URL: "https://bucket.s3.amazonaws.com/x"',
  'ConnectTimeoutError: Connect timeout on endpoint URL: "https://bucket.s3.amazonaws.com/x"',
  "ConnectTimeout: timed out",
  "ConnectError: [Errno 111] Connection refused",
  "ConnectError: All connection attempts failed",
  "ConnectError: [Errno -3] Temporary failure in name resolution",
  "LocalEntryNotFoundError: An error happened while trying to locate the file on the Hub and we cannot find the requested files in the local cache. Please check your connection and try again or make sure your Internet connection is on.",
  "LocalEntryNotFoundError: An error happened while trying to locate the files on the Hub and we cannot find the appropriate snapshot folder for the specified revision on the local disk. Please check your internet connection and try again.",
  "OSError: We couldn't connect to 'https://huggingface.co' to load the files, and couldn't find them in the cached files.",
  "ConnectionError: Couldn't reach 'ylecun/mnist' on the Hub (LocalEntryNotFoundError)",
  "ConnectionError: Couldn't reach https://huggingface.co/datasets/x (ConnectTimeout(MaxRetryError",
  "ConnectTimeout: (MaxRetryError(\"HTTPSConnectionPool(host='huggingface.co', port=443): Max retries exceeded with url: /api (Caused by ConnectTimeoutError",
  "MaxRetryError: HTTPSConnectionPool(host='x', port=443): Max retries exceeded with url: / (Caused by NameResolutionError(",
  "NameResolutionError: HTTPSConnection(host='x', port=443): Failed to resolve 'x' ([Errno -3] Temporary failure in name resolution)",
  "NewConnectionError: HTTPSConnection(host='x', port=443): Failed to establish a new connection: [Errno 111] Connection refused",
  'OperationalError: connection to server at "10.0.0.1", port 5432 failed: Connection timed out',
  'OperationalError: connection to server at "10.0.0.1", port 5432 failed: timeout expired',
  "OperationalError: connection timeout expired",
  'OperationalError: could not translate host name "db.lab" to address: Temporary failure in name resolution',
  "OperationalError: (2003, \"Can't connect to MySQL server on 'db' (timed out)\")",
  "OperationalError: 2003 (HY000): Can't connect to MySQL server on 'db:3306' (110)",
  "InterfaceError: 2003: Can't connect to MySQL server on 'db:3306' (110 Connection timed out)",
  "ServerSelectionTimeoutError: db:27017: timed out (configured timeouts: socketTimeoutMS: 20000.0ms, connectTimeoutMS: 20000.0ms)",
  "TimeoutError: Timeout connecting to server",
  "ConnectionError: Error 111 connecting to redis:6379. Connection refused.",
  "ConnectionError: Error -3 connecting to redis:6379. Temporary failure in name resolution.",
  "OSError: When reading information for key 'a' in bucket 'b': AWS Error NETWORK_CONNECTION during HeadObject operation: curlCode: 28, Timeout was reached",
  "OSError: When getting information for bucket 'b': AWS Error NETWORK_CONNECTION during HeadBucket operation: curlCode: 6, Couldn't resolve host name",
  "CommError: Run initialization has timed out after 90.0 sec.",
  "RetryError: Timeout of 60.0s exceeded, last exception: 503 failed to connect to all addresses; last error: UNKNOWN: ipv4:1.2.3.4:443",
  "TransportError: HTTPSConnectionPool(host='oauth2.googleapis.com', port=443): Max retries exceeded with url: /token",
  "ServiceRequestError: Failed to resolve 'x.blob.core.windows.net' ([Errno -3] Temporary failure in name resolution)",
  "CalledProcessError: fatal: unable to access 'https://github.com/': Could not resolve host: github.com",
  "RuntimeError: fatal: unable to access 'https://github.com/': Failed to connect to github.com port 443 after 130000 ms: Couldn't connect to server",
  "NoValidConnectionsError: [Errno None] Unable to connect to port 22 on 10.0.0.1",
  "MqttError: [Errno 110] Connection timed out",
  "FSTimeoutError: no message",
  "ConnectionClosed: Failed to connect",
  "OfflineModeIsEnabled: Cannot reach https://huggingface.co/api: offline mode is enabled.",
])("a library's words are known for a connection that failed: %s", (words) => {
  const status = parseStatus('{"run":"ab12","state":"failed","rounds":5}');
  const reason = `client 0: ${words}`;
  expect(failureSentence({ ...status, reason, failure: null })).toContain("egress opens");
});

test.each([
  "ValueError: Timeout must be positive",
  "KeyError: 'connection'",
  "TimeoutError: no message",
  "ReadTimeout: HTTPSConnectionPool(host='x', port=443): Read timed out. (read timeout=10)",
  "RuntimeError: DataLoader timed out after 60 seconds",
  "RuntimeError: the model did not converge, training timed out",
  "BrokenPipeError: [Errno 32] Broken pipe",
  "ConnectionResetError: [Errno 104] Connection reset by peer",
  "HTTPError: 401 Client Error: Unauthorized for url: https://huggingface.co",
  "ValueError: could not resolve reference",
])("other errors name no setting: %s", (words) => {
  const status = parseStatus('{"run":"ab12","state":"failed","rounds":5}');
  const reason = `client 0: ${words}`;
  expect(failureSentence({ ...status, reason, failure: null })).not.toContain("egress");
});
