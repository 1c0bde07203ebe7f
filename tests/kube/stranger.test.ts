import { expect, test } from "vitest";

import { json, strangerFault } from "../../kube/stranger.ts";

const SERVER = "http://api.lab:6443/k8s/clusters/c-1";
const CORRECT =
  "correct server of the cluster in the kubeconfig; a proxy or a login page may stand before it";

test("a redirection and HTTPS where HTTP is asked for are no answers of an API server", () => {
  expect(strangerFault(302, "", SERVER)).toMatchObject({
    message: "what answers at api.lab:6443 is no API server: it answers 302",
    remedy: CORRECT,
  });
  const tls = "Client sent an HTTP request to an HTTPS server.\n";
  expect(strangerFault(400, tls, SERVER)).toMatchObject({
    message: `api.lab:6443 speaks HTTPS, and server in the kubeconfig is ${SERVER}`,
    remedy: "begin server of the cluster with https:// in the kubeconfig",
  });
  expect([400, 403, 404].map((code) => strangerFault(code, "{}", SERVER))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("an answer that is no JSON is told with its beginning", () => {
  expect(json("[1]", SERVER)).toEqual([1]);
  expect(() => json("\n<html>\n<b>Log in</b>", SERVER)).toThrow(
    expect.objectContaining({
      message: "what answers at api.lab:6443 is no API server: it sends <html> <b>Log in</b>",
      remedy: CORRECT,
    }) as Error,
  );
});
