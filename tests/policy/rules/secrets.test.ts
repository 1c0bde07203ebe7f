import { describe, expect, it } from "vitest";
import { configMapSecrets, environmentSecrets } from "../../../policy/rules/secrets.ts";
import { deployment, refusals, type Resource, UNKNOWN } from "../support/refusals.ts";

const REMEDY =
  "allowed: valueFrom a Secret, or the path of a mounted one — put the value in a Secret and refer to it";
const CALLED = "is called like a secret and has its value here";

function configMap(data: Record<string, string>): Resource {
  return { type: "kubernetes:core/v1:ConfigMap", name: "settings", props: { data } };
}

const CONTENTS = [
  ["a private key", joined("-----BEGIN EC PRIVATE ", "KEY-----\nMHcCAQEE")],
  ["a private key", joined('{"pem": "-----BEGIN PRIVATE ', 'KEY-----"}')],
  [
    "a signed token (JWT)",
    joined("Bearer ey", "JhbGciOiJIUzI1NiJ9.ey", "JzdWIiOiIxMjM0In0.c2lnbmF0dXJl"),
  ],
  ["an access token of GitHub", joined("ghp", "_", "a1".repeat(18))],
  ["an access token of GitLab", joined("glpat", "-", "a1".repeat(10))],
  ["an access token of Pulumi", joined("pul", "-", "0a".repeat(20))],
  ["an access token of Slack", joined("xoxb", "-", "1".repeat(12))],
  ["an access key of AWS", joined("AKIA", "ABCD".repeat(4))],
  ["a URL with a password", "postgres://me:sesame@db.example/runs"],
] as const;

/** In parts, so that nobody's scanner takes this file for a leak. */
function joined(...parts: string[]): string {
  return parts.join("");
}

describe("a container's environment", () => {
  it.each([
    { name: "ROUNDS", value: "10" },
    { name: "MAX_TOKENS", value: "4096" },
    { name: "TOKEN_AUDIENCE", value: "kubeflower" },
    { name: "DB_PASSWORD_FILE", value: "/run/secrets/db" },
    { name: "TOKEN", value: "/run/secrets/token" },
    { name: "API_KEY", value: "" },
    { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } },
    { name: "SERVER", value: "https://server.example:8080/path@v1" },
    { name: "CERTIFICATE", value: "-----BEGIN CERTIFICATE-----" },
  ])("may have %j", async (variable) => {
    const good = deployment({ containers: [{ env: [variable] }] });
    expect(await refusals(environmentSecrets, good)).toEqual([]);
  });

  it.each(["PASSWORD", "DB_PASSWD", "CLIENT_SECRET", "token", "OPENAI_API_KEY", "SSH_PRIVATE_KEY"])(
    "may not have the value of a %s, which is not printed",
    async (name) => {
      const bad = deployment({ containers: [{ env: [{ name, value: "open sesame" }] }] });
      expect(await refusals(environmentSecrets, bad)).toEqual([
        `container main: variable ${name} ${CALLED} — ${REMEDY}`,
      ]);
    },
  );

  it.each(CONTENTS)("may not hold %s, which is not printed", async (content, value) => {
    const bad = deployment({ containers: [{ env: [{ name: "EXTRA", value }] }] });
    expect(await refusals(environmentSecrets, bad)).toEqual([
      `container main: variable EXTRA holds ${content} — ${REMEDY}`,
    ]);
  });

  it("is looked at beside a value that only the update will know", async () => {
    const env = [
      { name: "TOKEN", value: UNKNOWN },
      { name: "SECRET", value: "x" },
    ];
    expect(await refusals(environmentSecrets, deployment({ containers: [{ env }] }))).toEqual([
      `container main: variable SECRET ${CALLED} — ${REMEDY}`,
    ]);
  });
});

describe("a ConfigMap", () => {
  it("may hold what everybody may read", async () => {
    const data = { rounds: "10", "ca.pem": "-----BEGIN CERTIFICATE-----", password: UNKNOWN };
    expect(await refusals(configMapSecrets, configMap(data))).toEqual([]);
  });

  it("may not hold secrets, by name or by content", async () => {
    const [[content, key]] = CONTENTS;
    expect(
      await refusals(configMapSecrets, configMap({ "server.key": key, "db.password": "sesame" })),
    ).toEqual([
      `key server.key holds ${content} — allowed: what everybody may read — put the value in a Secret and refer to it`,
      `key db.password ${CALLED} — allowed: what everybody may read — put the value in a Secret and refer to it`,
    ]);
  });

  it("is another thing than a Secret", async () => {
    const secret = { ...configMap({ password: "sesame" }), type: "kubernetes:core/v1:Secret" };
    expect(await refusals(configMapSecrets, secret)).toEqual([]);
  });
});
