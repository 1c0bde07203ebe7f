import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Checkout } from "../../../dev/checkout.ts";
import { until } from "./until.ts";

/** One attempt of a probe: to reach a port, to read a page, or to join the stream of `server` as a partition's client. */
export type Attempt =
  | { readonly connect: readonly [host: string, port: number] }
  | {
      /** URL to read. */
      readonly get: string;
      /** Token to show; by default none is. */
      readonly bearer?: string;
    }
  | {
      readonly join: string;
      readonly partition: number;
      /** A token, or the path of a file with one; by default none is shown. */
      readonly token?: string;
      /** Certificate that proves the server, in PEM; by default the stream is plain text. */
      readonly authority?: string | undefined;
    };

/**
 * Prints how each attempt ended: `open`, the code of an answer, or the error. Its arguments are the attempts, and `null` or a
 * port that it waits for first: once that is open, the policies apply to the pod.
 */
export const SCRIPT = `
import json, os, socket, sys, tempfile, time, urllib.error, urllib.request
from pathlib import Path
import grpc
from kubeflower import framing, grpc_options, tls

def connect(host, port):
    try:
        socket.create_connection((host, port), 5).close()
    except OSError as fault:
        return type(fault).__name__
    return "open"

def join(server, partition, token=None, authority=None):
    folder = None
    if authority:
        folder = Path(tempfile.mkdtemp())
        (folder / "ca.crt").write_text(authority)
    if token and token.startswith("/"):
        token = Path(token).read_text()
    image = os.environ["KUBEFLOWER_IMAGE"]
    claim = {"partition": partition, "run": None, "state": "", "image": image}
    hello = json.dumps(claim).encode()
    metadata = [("authorization", "Bearer " + token)] if token else None
    with tls.dial(server, folder) as channel:
        stream = channel.stream_stream(grpc_options.METHOD)
        try:
            list(stream(framing.split(framing.HELLO, [hello]), metadata=metadata, timeout=10))
        except grpc.RpcError as fault:
            return f"{fault.code().name}: {fault.details()}"
    return "open"

def get(url, bearer=None):
    headers = {"Authorization": "Bearer " + bearer} if bearer else {}
    try:
        return str(urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5).status)
    except urllib.error.HTTPError as answer:
        return str(answer.code)
    except OSError as fault:
        return type(fault).__name__

def end(attempt):
    if "get" in attempt:
        return get(attempt.pop("get"), **attempt)
    if "connect" in attempt:
        return connect(*attempt["connect"])
    return join(attempt.pop("join"), **attempt)

attempts, opens = json.loads(sys.argv[1]), json.loads(sys.argv[2])
time.sleep(2)  # a policy takes a moment to reach a new pod; one that denies all is there before it
deadline = time.monotonic() + 60
while opens and connect(*opens) != "open" and time.monotonic() < deadline:
    time.sleep(0.2)
print(json.dumps({name: end(attempt) for name, attempt in attempts.items()}))
`;

/** A pod that runs the stack's image and does not belong to the stack. */
export interface Stranger {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** File with a stranger's own token, for the server's audience. */
export const OWN_TOKEN = "/proof/token";

/** Makes attempts from a new pod, once `opens` is reached if it is given; returns how each ended. */
export async function probe<T extends string>(
  checkout: Checkout,
  { name, namespace, labels }: Stranger,
  attempts: Readonly<Record<T, Attempt>>,
  opens: readonly [host: string, port: number] | null = null,
): Promise<Record<T, string>> {
  const file = join(checkout.folder, `${name}.json`);
  const image = await checkout.kubectl(
    ...["get", "deploy/flower-server"],
    ...["-o", "jsonpath={.spec.template.spec.containers[0].image}"],
  );
  const command = ["python3", "-c", SCRIPT, JSON.stringify(attempts), JSON.stringify(opens)];
  await writeFile(file, JSON.stringify(pod({ name, namespace, labels }, image, command)));
  const kubectl = (...args: string[]): Promise<string> =>
    checkout.kubectl("-n", namespace, ...args);
  await kubectl("apply", "-f", file);
  const phase = await until(`end of pod ${name}`, async () => {
    const now = await kubectl("get", "pod", name, "-o", "jsonpath={.status.phase}");
    return /^(Succeeded|Failed)$/.test(now) ? now : undefined;
  });
  if (phase === "Failed") throw new Error(`pod ${name} failed:\n${await kubectl("logs", name)}`);
  // gRPC may print lines before and after it.
  const lines = (await kubectl("logs", name)).split("\n");
  const ends = lines.find((line) => line.startsWith("{")) ?? "";
  return JSON.parse(ends) as Record<T, string>;
}

/** Describes a stranger that runs a command of the stack's image. */
function pod({ name, namespace, labels }: Stranger, image: string, command: string[]): object {
  const sources = [{ serviceAccountToken: { audience: "kubeflower", path: "token" } }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "probe",
          image,
          env: [{ name: "KUBEFLOWER_IMAGE", value: image }],
          command,
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          volumeMounts: [{ name: "proof", mountPath: "/proof" }],
        },
      ],
      volumes: [{ name: "proof", projected: { sources } }],
    },
  };
}
