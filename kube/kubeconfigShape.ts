/** Kind of a value in a kubeconfig; a list has the kind of its items in brackets. */
type Shape = "text" | "truth" | "object" | readonly [Shape] | { readonly [key: string]: Shape };

const TEXTS = ["text"] as const;

/** Shape that kubectl takes, of the keys that count here; it refuses a file that has another kind anywhere. */
const FILE: Shape = {
  "current-context": "text",
  clusters: [
    {
      name: "text",
      cluster: {
        server: "text",
        "certificate-authority": "text",
        "certificate-authority-data": "text",
        "insecure-skip-tls-verify": "truth",
        "tls-server-name": "text",
        "proxy-url": "text",
        extensions: ["object"],
      },
    },
  ],
  contexts: [{ name: "text", context: { cluster: "text", user: "text" } }],
  users: [
    {
      name: "text",
      user: {
        "client-certificate": "text",
        "client-certificate-data": "text",
        "client-key": "text",
        "client-key-data": "text",
        token: "text",
        tokenFile: "text",
        username: "text",
        password: "text",
        as: "text",
        "as-uid": "text",
        "as-groups": TEXTS,
        "as-user-extra": "object",
        "auth-provider": { name: "text", config: "object" },
        exec: {
          apiVersion: "text",
          command: "text",
          args: TEXTS,
          env: [{ name: "text", value: "text" }],
          installHint: "text",
          interactiveMode: "text",
          provideClusterInfo: "truth",
        },
      },
    },
  ],
};

/** Finds the first value of a kubeconfig that is of another kind; undefined when kubectl takes it. */
export function shapeFault(document: unknown): string | undefined {
  return fault(document, FILE, "");
}

function fault(value: unknown, shape: Shape, path: string): string | undefined {
  if (value === null || value === undefined) return undefined;
  const what = path || "it";
  if (typeof shape === "string") {
    return isOf(value, shape) ? undefined : `${what} is ${WORDS[shape]}`;
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) return `${what} is no list`;
    return first(value.map((item, at) => fault(item, shape[0], `${path}[${at}]`)));
  }
  if (!isOf(value, "object")) return `${what} is no object of keys and values`;
  const entries = Object.entries(shape);
  return first(
    entries.map(([key, inner]) => {
      const given = (value as Readonly<Record<string, unknown>>)[key];
      return fault(given, inner, path === "" ? key : `${path}.${key}`);
    }),
  );
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

const WORDS = { text: "no text", truth: "neither true nor false", object: "no object" } as const;

function isOf(value: unknown, kind: "text" | "truth" | "object"): boolean {
  if (kind === "text") return typeof value === "string";
  if (kind === "truth") return typeof value === "boolean";
  return typeof value === "object" && !Array.isArray(value);
}

function first(faults: readonly (string | undefined)[]): string | undefined {
  return faults.find((one) => one !== undefined);
}
