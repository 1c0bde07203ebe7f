import { IncomingMessage } from "node:http";
import { Socket } from "node:net";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Federation } from "../../cli/federation.ts";
import { ServerPort, type ServerRequest } from "../../cli/serverPort.ts";
import { giveKeys } from "../../cli/signingKeys.ts";
import { FakeApi } from "./support/fakeApi.ts";

const JWKS = "/openid/v1/jwks";
const KEYS = { keys: [{ kid: "key-2" }] };
let api: FakeApi;

beforeEach(async () => {
  api = await FakeApi.start();
});

afterEach(() => {
  api.stop();
});

/** Gives the keys to a server that answers with this code; returns whether it took them, and what it was asked. */
async function given(code: number): Promise<{ taken: boolean; asked: ServerRequest[] }> {
  const cluster = api.client();
  const port = new ServerPort(cluster, new Federation(cluster, "flower"));
  const response = Object.assign(new IncomingMessage(new Socket()), { statusCode: code });
  const asked: ServerRequest[] = [];
  vi.spyOn(port, "pod").mockResolvedValue("flower-server-1");
  vi.spyOn(port, "ask").mockImplementation((request) => {
    asked.push(request);
    return Promise.resolve({ response, close: () => undefined });
  });
  return { taken: await giveKeys(cluster, port), asked };
}

test("the server gets the cluster's keys, and says whether they are new to it", async () => {
  api.answers = { [JWKS]: KEYS };
  expect(await given(202)).toEqual({
    taken: true,
    asked: [
      {
        pod: "flower-server-1",
        method: "POST",
        path: "/keys",
        seconds: 5,
        body: JSON.stringify(KEYS),
      },
    ],
  });
  expect((await given(409)).taken).toBe(false);
});

test("a user who may not read the keys gives none", async () => {
  api.answers = { [JWKS]: 403 };
  expect(await given(202)).toEqual({ taken: false, asked: [] });
});
