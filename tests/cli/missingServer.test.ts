import { expect, test } from "vitest";

import { Fault } from "../../cli/fault.ts";
import { missingServer, unanswered } from "../../cli/missingServer.ts";
import { claim, snapshot } from "./support/objects.ts";

test("a server that does not answer is explained by a cause, else by what it waits for", () => {
  expect(missingServer(snapshot({ claims: [claim("fast", 60)] }))).toContain(
    "StorageClass fast does not exist",
  );
  expect(missingServer(snapshot({ pods: [] }))).toBe(
    "waiting for the server: it has no pod yet — see: kubectl -n kubeflower get pods",
  );
});

test("a server that gives no answer in time is told with its node; another failure stays", () => {
  const late = new Fault("timeout", "no port-forward within 5 s", "try again");
  expect(unanswered(snapshot(), late)).toMatchObject({
    code: "timeout",
    message:
      "pod flower-server-7d9-x does not answer through node node-1: no port-forward within 5 s — its kubelet and its container runtime must run, see: kubectl describe node node-1",
  });
  expect(unanswered(snapshot({ pods: [] }), late)).toBe(late);
  const failed = new Fault("failed", "the status port answers 500", "look");
  expect(unanswered(snapshot(), failed)).toBe(failed);
});
