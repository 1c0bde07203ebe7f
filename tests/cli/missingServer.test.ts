import { expect, test } from "vitest";

import { missingServer } from "../../cli/missingServer.ts";
import { claim, snapshot } from "./support/objects.ts";

test("a server that does not answer is explained by a cause, else by what it waits for", () => {
  expect(missingServer(snapshot({ claims: [claim("fast", 60)] }))).toContain(
    "StorageClass fast does not exist",
  );
  expect(missingServer(snapshot({ pods: [] }))).toBe(
    "waiting for the server: it has no pod yet — see: kubectl -n kubeflower get pods",
  );
});
