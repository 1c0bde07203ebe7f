import type { ResourceValidationPolicy } from "@pulumi/policy";
import { known } from "../known.ts";
import { kind } from "../kubernetes.ts";
import { containerRule } from "../podRule.ts";

/** Names of variables that hold a secret; DB_PASSWORD_FILE and TOKEN_AUDIENCE hold none. */
const NAME =
  /(^|[_.-])(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|SECRET_?KEY|PRIVATE_?KEY|CREDENTIALS?)$/i;

/** Contents that are secret under any name. */
const CONTENTS: readonly (readonly [string, RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["a signed token (JWT)", /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/],
  ["an access token of GitHub", /\b(gh[opsur]_\w{36}|github_pat_\w{40})/],
  ["an access token of GitLab", /\bglpat-[\w-]{20}/],
  ["an access token of Pulumi", /\bpul-[0-9a-f]{40}\b/],
  ["an access token of Slack", /\bxox[abprs]-[\w-]{10}/],
  ["an access key of AWS", /\b(AKIA|ASIA)[0-9A-Z]{16}\b/],
  ["a URL with a password", /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/],
];

/** Says why a value is secret; undefined when it is not. The sentence must not contain the value. */
function secretIn(name: string, value: string): string | undefined {
  const content = CONTENTS.find(([, pattern]) => pattern.test(value))?.[0];
  if (content !== undefined) return `holds ${content}`;
  // The path of a mounted secret is not secret.
  return NAME.test(name) && value !== "" && !value.startsWith("/")
    ? "is called like a secret and has its value here"
    : undefined;
}

/** Everybody who may read a pod reads its environment, and the stack's state holds it in plain text. */
export const environmentSecrets = containerRule(
  "environment-secrets",
  "No secret is written in a container's environment.",
  function* ({ env = [] }) {
    for (const variable of env) {
      const fault = secretIn(variable.name, known(() => variable.value) ?? "");
      if (fault !== undefined) {
        yield `variable ${variable.name} ${fault} — allowed: valueFrom a Secret, or the path of a mounted one — put the value in a Secret and refer to it`;
      }
    }
  },
);

/** A ConfigMap is as readable as an environment, and often becomes one. */
export const configMapSecrets: ResourceValidationPolicy = {
  name: "config-map-secrets",
  description: "No secret is written in a ConfigMap.",
  validateResource: (resource, refuse) => {
    if (kind(resource) !== "ConfigMap") return;
    const data = (resource.props.data ?? {}) as Record<string, string>;
    for (const key of Object.keys(data)) {
      const fault = secretIn(key, known(() => data[key]) ?? "");
      if (fault !== undefined) {
        refuse(
          `key ${key} ${fault} — allowed: what everybody may read — put the value in a Secret and refer to it`,
        );
      }
    }
  },
};
