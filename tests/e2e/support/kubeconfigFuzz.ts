import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Draws whole numbers below a bound; the same seed draws the same ones. */
type Draw = (below: number) => number;

/** Mulberry32, a generator of 32 bits. */
function drawer(seed: number): Draw {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const NAMES = ["a", "b", ""] as const;
const BASE64 = Buffer.from("text").toString("base64");
/** Files that entries name, by the folder of their kubeconfig; each has its own path as its text. */
const FILES = ["ca.crt", "../ca.crt", "me.crt", "keys/me.key"] as const;

/** Values by key that an entry may have. */
const VALUES = {
  cluster: {
    server: ["https://one", "https://two:6443/path", "http://three"],
    "certificate-authority": ["ca.crt", "../ca.crt", ""],
    "tls-server-name": ["other"],
    "proxy-url": ["http://proxy:3128"],
    "insecure-skip-tls-verify": [true, false],
  },
  user: {
    "client-certificate": ["me.crt"],
    "client-key": ["keys/me.key"],
    token: ["secret", ""],
    tokenFile: ["token", "/token"],
    username: ["me"],
    password: ["1"],
    as: ["other"],
    "as-groups": [["x", "y"]],
    exec: ["aws", "bin/aws", "./aws", "/bin/aws"].map((command) => ({
      apiVersion: "client.authentication.k8s.io/v1",
      command,
      args: ["a"],
      env: [{ name: "A", value: "b" }],
      interactiveMode: "Never",
      provideClusterInfo: true,
    })),
  },
  context: { cluster: NAMES, user: NAMES, namespace: ["team"] },
} as const;

/** Makes a list of kubeconfig files in this folder, some missing; returns their paths. */
export async function randomKubeconfigs(folder: string, seed: number): Promise<string[]> {
  const draw = drawer(seed);
  const files: string[] = [];
  for (let i = 0; i < 1 + draw(4); i += 1) {
    const place = join(folder, String(seed), String(i));
    files.push(join(place, "config"));
    if (draw(5) === 0) continue;
    for (const path of FILES.map((name) => join(place, name))) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, path);
    }
    await writeFile(join(place, "config"), JSON.stringify(kubeconfig(draw)));
  }
  return files;
}

function kubeconfig(draw: Draw): object {
  const list = (key: keyof typeof VALUES): object[] => {
    const names = NAMES.filter(() => draw(2) === 0);
    // A name that is there twice is an error.
    const more = draw(30) === 0 ? names.slice(0, 1) : [];
    return [...names, ...more].map((name) => ({ name, [key]: entry(VALUES[key], draw) }));
  };
  return {
    clusters: list("cluster"),
    users: list("user"),
    contexts: list("context"),
    ...(draw(2) === 0 ? { "current-context": NAMES[draw(2)] } : {}),
  };
}

function entry(values: Readonly<Record<string, readonly unknown[]>>, draw: Draw): object {
  const drawn = Object.entries(values)
    .filter(() => draw(2) === 0)
    .map(([key, some]) => [key, some[draw(some.length)]] as const);
  const found = Object.fromEntries(drawn);
  // kubectl refuses an entry with both a file and its data.
  const key = ["certificate-authority", "client-certificate"].find((name) => name in values) ?? "";
  return values[key] !== undefined && !found[key] ? { ...found, [`${key}-data`]: BASE64 } : found;
}
