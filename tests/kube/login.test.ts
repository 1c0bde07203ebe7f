import { expect, test } from "vitest";

import { Authority } from "../../kube/authority.ts";
import { unaccepted } from "../../kube/login.ts";

const AGAIN = "log in again, and try: kubectl --context lab auth whoami";
const cluster = { server: "https://api.lab" };
const NOW = new Date("2026-11-27T12:00:00Z");

function token(exp: number): string {
  const claims = Buffer.from(JSON.stringify({ exp })).toString("base64url");
  return `e30.${claims}.x`;
}

test.each([
  [{}, "the kubeconfig has no login for it", AGAIN],
  [
    { username: "me", password: "secret" },
    "its login is a name and a password, which Kubernetes has not taken since 1.19",
    AGAIN,
  ],
  [{ "client-key": "me.key" }, "it has a client-key and no client-certificate", AGAIN],
  [{ tokenFile: "/dev/null" }, "its token file /dev/null is empty", AGAIN],
  [{ token: "opaque" }, "its login has expired, or is not one of this cluster's", AGAIN],
  [
    { token: token(NOW.getTime() / 1000 - 60) },
    "its token ended at 2026-11-27T11:59:00.000Z",
    AGAIN,
  ],
  [
    { token: token(NOW.getTime() / 1000 + 60) },
    "its login has expired, or is not one of this cluster's",
    AGAIN,
  ],
  [
    { exec: { command: "/opt/bin/gke-gcloud-auth-plugin.exe" } },
    "the cluster does not accept what gke-gcloud-auth-plugin gives",
    "log in again: gcloud auth login",
  ],
  [
    { exec: { command: "ours" }, token: "own" },
    "its login has expired, or is not one of this cluster's",
    AGAIN,
  ],
  [
    { exec: { command: "ours" } },
    "the cluster does not accept what ours gives",
    "log in with ours again",
  ],
])("%j is not accepted: %s", (user, why, remedy) => {
  expect(unaccepted("lab", { cluster, user }, NOW)).toEqual({ why, remedy });
});

test("a client certificate that has ended is told with its end", async () => {
  const { certificate } = await (await Authority.create("lab", 1)).issue({ user: "jane" }, 1);
  const data = { "client-certificate-data": Buffer.from(certificate).toString("base64") };
  expect(unaccepted("lab", { cluster, user: data }).why).toBe(
    "it has a client-certificate and no client-key",
  );
  const user = { ...data, "client-key": "me.key" };
  const { why } = unaccepted("lab", { cluster, user }, new Date(Date.now() + 3 * 24 * 3_600_000));
  expect(why).toMatch(/^its client certificate ended at \d{4}-\d\d-\d\dT/);
});
