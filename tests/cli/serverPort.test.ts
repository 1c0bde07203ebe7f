import { afterAll, beforeAll, expect, test } from "vitest";

import { Federation } from "../../cli/federation.ts";
import { ServerPort } from "../../cli/serverPort.ts";
import { TlsApi } from "../kube/support/tlsApi.ts";

let api: TlsApi;

beforeAll(async () => {
  api = await TlsApi.start();
});

afterAll(() => {
  api.stop();
});

test.each([
  [
    401,
    "context lab is not let in (401): its login has expired, or is not one of this cluster's — log in again, and try: kubectl --context lab auth whoami",
  ],
  [
    403,
    "port-forward to pod server-0 is refused (Unexpected server response: 403) — it needs get and create on pods/portforward — ask for that right",
  ],
  [503, "Unexpected server response: 503"],
])("a port-forward that is answered %d is told so", async (code, message) => {
  api.reply = () => code;
  const cluster = api.client({ token: "old" });
  const port = new ServerPort(cluster, new Federation(cluster, "flower"));
  const asked = port.ask({ pod: "server-0", path: "/status", seconds: 5 });
  await expect(asked).rejects.toMatchObject({ message });
});
