import http from "node:http";
import net, { type AddressInfo } from "node:net";

import { afterEach, expect, test } from "vitest";

import { Gone } from "../../../cli/results/fileSource.ts";
import { readText } from "../../../cli/results/readText.ts";
import { ServerFiles } from "../../../cli/results/serverFiles.ts";
import { begin, type ServerAnswer, type ServerRequest } from "../../../cli/serverPort.ts";

const servers: http.Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Starts a server on loopback; returns files that are read from it without a port-forward. */
async function filesOf(answer: http.RequestListener): Promise<ServerFiles> {
  const server = http.createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const ask = async (request: ServerRequest): Promise<ServerAnswer> => {
    const connection = net.connect(port, "127.0.0.1");
    const response = await begin(connection, request);
    return { response, close: () => connection.destroy() };
  };
  return new ServerFiles({ pod: () => Promise.resolve("pod"), ask, missing: () => "no pod" });
}

async function bytes(from: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of from) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test("a part of a file is asked for by its range, and by a path that is encoded", async () => {
  const asked: (string | undefined)[] = [];
  const files = await filesOf((request, response) => {
    asked.push(request.url, request.headers.range);
    response.writeHead(206).end("345");
  });
  expect(await bytes(files.read("ab12", "work/a b#ü", 3, 6))).toBe("345");
  expect(asked).toEqual(["/files/ab12/work/a%20b%23%C3%BC", "bytes=3-5"]);
});

test("an answer that ends early is an error, as its bytes may be fetched again", async () => {
  const files = await filesOf((_, response) => {
    response.writeHead(206, { "content-length": "3" });
    response.write("34", () => response.destroy());
  });
  await expect(bytes(files.read("ab12", "a", 3, 6))).rejects.toThrow();
});

test.each([404, 416])("the answer %i means that the file is another by now", async (code) => {
  const files = await filesOf((_, response) =>
    response.writeHead(code).end("there is no such file"),
  );
  await expect(bytes(files.read("ab12", "a", 3, 6))).rejects.toThrow(Gone);
  expect(await readText(files, "ab12", "a")).toBe(null);
});

test("a small file is read whole", async () => {
  const files = await filesOf((_, response) =>
    response.writeHead(200, { "content-length": "2" }).end("ab"),
  );
  expect(await readText(files, "ab12", "a")).toBe("ab");
});

test("a run that is not there has no list, and an older server says what it needs", async () => {
  const none = await filesOf((_, response) =>
    response.writeHead(404).end("there is no such file\n"),
  );
  expect(await none.list("ab12")).toBe(null);
  const old = await filesOf((_, response) => response.writeHead(404).end("known: /healthz\n"));
  await expect(old.list("ab12")).rejects.toThrow(
    "the server does not hand out files (it answers 404) — it needs the image of this version — run `pulumi up`",
  );
});
