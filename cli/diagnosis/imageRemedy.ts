/** Answers of registries and runtimes, and what to do; the first that is found counts. */
const REMEDIES: readonly (readonly [words: RegExp, remedy: string])[] = [
  [
    /NeverPull|policy of Never/,
    "its pod takes no image that the node has not — give the pods the stack's own settings back: pulumi up --refresh",
  ],
  [
    /no match for platform|no matching manifest|does not match the specified platform/i,
    "it is built for other machines — build it for the nodes that there are: pulumi config rm platform",
  ],
  [
    /toomanyrequests|\b429\b|too many requests|rate limit|QPS exceeded/i,
    "a registry answers so many requests only — wait, or take a registry of your own: pulumi config set registry <host>",
  ],
  [
    /no space left|disk quota/i,
    "a node needs room for its layers — make room on that node, see: kubectl describe nodes",
  ],
  [
    /x509|certificate|tls:|server gave HTTP response/i,
    "the nodes must trust the registry — give their container runtime its certificate, or take another: pulumi config set registry <host>",
  ],
  [
    /signature/i,
    "the cluster runs signed images only — sign it, or name another: pulumi config set image <name>@sha256:<digest>",
  ],
];

const PULLABLE =
  "the cluster's nodes must be able to pull it — push it, or name another: pulumi config set image <name>@sha256:<digest>, or pulumi config set registry <host>";

/** Rule and remedy for an image that is not pulled, by the words of the registry or the runtime. */
export function imageRemedy(words: string): string {
  return REMEDIES.find(([pattern]) => pattern.test(words))?.[1] ?? PULLABLE;
}
