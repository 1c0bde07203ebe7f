import { createServer } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";

import { tmpdir } from "node:os";

import { afterAll, beforeAll, expect, test } from "vitest";

import { Authority } from "../../kube/authority.ts";
import { Hopeless, Unreachable } from "../../kube/errors.ts";
import { silence } from "../../kube/silence.ts";
import { base64, TlsApi } from "./support/tlsApi.ts";

const NETWORK = "check your network, its VPN and its proxy (HTTPS_PROXY, NO_PROXY)";
const ANEW = "get the kubeconfig anew from whoever runs the cluster";
let api: TlsApi;
const servers: Server[] = [];

beforeAll(async () => {
  api = await TlsApi.start();
});

afterAll(() => {
  api.stop();
  for (const server of servers) server.close();
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((listens) => server.listen(0, "127.0.0.1", listens));
  return `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

/** Asks the API server of a cluster with these changes; returns the error. */
async function fault(cluster: object, seconds = 5): Promise<Unreachable> {
  const error: unknown = await api
    .client({}, { ...cluster })
    .get("/", seconds)
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Unreachable);
  return error as Unreachable;
}

test("a port at which nothing listens is told", async () => {
  expect(await fault({ server: "https://127.0.0.1:1" })).toMatchObject({
    message: "nothing listens at 127.0.0.1:1, ECONNREFUSED",
    remedy: undefined,
  });
});

test("a name that DNS does not know is told", async () => {
  const { message, remedy } = await fault({ server: "https://no-such-host.invalid" });
  expect(message).toMatch(
    /^DNS does not (know|answer for) no-such-host\.invalid, (ENOTFOUND|EAI_AGAIN)$/,
  );
  expect(remedy).toContain(NETWORK);
});

test("a server that does not answer, and one that hangs up, are told", async () => {
  const silent = await listening(createTcpServer(() => undefined));
  expect(await fault({ server: `https://${silent}` }, 0.3)).toMatchObject({
    message: `no answer of ${silent} within 0.3 s`,
    remedy: NETWORK,
  });
  const rude = await listening(createTcpServer((socket) => socket.destroy()));
  expect((await fault({ server: `https://${rude}` })).message).toBe(
    `${rude} closed the connection, ECONNRESET`,
  );
});

test("a certificate of an authority that the kubeconfig does not name is told", async () => {
  const { certificate } = await Authority.create("other", 1);
  const host = `127.0.0.1:${String(api.port)}`;
  const message = `the certificate of ${host} is signed by an authority that the kubeconfig does not name`;
  for (const authority of [base64(certificate), ""]) {
    const found = await fault({ "certificate-authority-data": authority });
    expect(found.message).toContain(message);
    expect(found.remedy).toContain(ANEW);
  }
});

test("a certificate for other names, and plain HTTP where TLS is asked for, are told", async () => {
  const server = `https://localhost:${String(api.port)}`;
  expect(await fault({ server })).toMatchObject({
    message: `the certificate of localhost:${String(api.port)} is for other names, ERR_TLS_CERT_ALTNAME_INVALID`,
    remedy: "set tls-server-name of the cluster in the kubeconfig to one of its names",
  });
  const plain = await listening(createServer((_, response) => response.end()));
  expect((await fault({ server: `https://${plain}` })).message).toMatch(
    new RegExp(`^${plain} does not speak TLS, `),
  );
});

test("a proxy that asks for a login, or lets nobody through, is told", async () => {
  for (const [code, message, remedy] of [
    [407, "the proxy asks for a login, ", "http://USER:PASSWORD@PROXY:PORT"],
    [403, "the proxy lets nobody to api.lab:6443, ", "allow api.lab:6443 in the proxy"],
  ] as const) {
    const proxy = createServer().on("connect", (_, socket) => {
      socket.end(`HTTP/1.1 ${String(code)} No\r\n\r\n`);
    });
    const url = `http://${await listening(proxy)}`;
    const found = await fault({ server: "https://api.lab:6443", "proxy-url": url });
    expect(found.message).toContain(message);
    expect(found.remedy).toContain(remedy);
  }
});

test("a proxy that is not there is told, and not the server behind it", async () => {
  for (const proxy of ["http://127.0.0.1:1", "https://127.0.0.1:1", "socks5://127.0.0.1:1"]) {
    expect(await fault({ server: "https://api.lab:6443", "proxy-url": proxy })).toMatchObject({
      message: "the proxy on the way is not reached: nothing listens at 127.0.0.1:1, ECONNREFUSED",
      remedy:
        "correct proxy-url of the cluster in the kubeconfig, or HTTPS_PROXY; NO_PROXY names hosts that need none",
    });
  }
});

test("a token that no header can have is told", async () => {
  const error: unknown = await api
    .client({ token: "one\ntwo" })
    .get("/")
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Hopeless);
  expect((error as Error).message).toBe(
    `the login's token has characters that no token has — it must be one line of ASCII — ${ANEW}, or log in again`,
  );
});

test("a file that the kubeconfig names and that is not there is told", async () => {
  const gone = api.client({ "client-certificate": "/nowhere/me.crt", "client-key": "/nowhere/k" });
  const error: unknown = await gone.get("/").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Hopeless);
  expect((error as Error).message).toBe(
    `the kubeconfig names the file /nowhere/me.crt, which is not there — its certificates, keys and tokens must be — ${ANEW}`,
  );
});

test("a file that the kubeconfig names and that cannot be read is told", async () => {
  const client = api.client({ tokenFile: tmpdir() });
  const error: unknown = await client.get("/").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Hopeless);
  expect((error as Error).message).toMatch(
    /^a file that the kubeconfig names cannot be read \(EISDIR.+\) — its certificates, keys and tokens must be files that you may read — /,
  );
});

test("a fault that has its words keeps them, and one that nobody knows is told as it is", () => {
  const known = new Unreachable("known", "remedy");
  expect(silence(known, { server: "https://lab", seconds: 1 })).toBe(known);
  expect(silence(new Error("odd\nthing"), { server: "https://lab", seconds: 1 })).toMatchObject({
    message: "odd thing",
  });
});

test("an address of several fails by its first", () => {
  const first = Object.assign(new Error("no"), { code: "EHOSTUNREACH" });
  expect(
    silence(new AggregateError([first]), { server: "https://lab:6443", seconds: 1 }),
  ).toMatchObject({
    message: "there is no way to lab:6443, EHOSTUNREACH",
    remedy: NETWORK,
  });
});
