import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { dockerFault } from "../../docker/fault.ts";

const COLIMA = "f24fd3749c1368328e2b149bec149cb6795619f244c5b584e844961215dadd16";
const CONTAINERD = [["driver-type", "io.containerd.snapshotter.v1"]];
const OVERLAY = [["Backing Filesystem", "extfs"]];
let folder: string;
let home: string | undefined;
let servers: Server[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fault-"));
  servers = [];
  home = process.env.HOME;
  process.env.HOME = folder;
});

afterEach(async () => {
  process.env.HOME = home;
  for (const server of servers) server.close();
  await rm(folder, { recursive: true });
});

/** Starts a Docker of this release and image store on a socket in the folder; returns its address. */
async function docker(path: string, version = "29.1.0", store: unknown = OVERLAY): Promise<string> {
  const socket = join(folder, path);
  await mkdir(join(socket, ".."), { recursive: true });
  const server = createServer(({ url }, response) => {
    const { pathname } = new URL(url ?? "", "http://docker");
    if (pathname === "/_ping") response.setHeader("api-version", "1.41").end("OK");
    else if (pathname.endsWith("/version")) response.end(JSON.stringify({ Version: version }));
    else if (pathname.endsWith("/info")) response.end(JSON.stringify({ DriverStatus: store }));
    else response.writeHead(404).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return `unix://${socket}`;
}

/** Makes the current context one that names this address. */
async function use(host: string): Promise<void> {
  const meta = join(folder, ".docker/contexts/meta", COLIMA);
  await mkdir(meta, { recursive: true });
  await writeFile(join(folder, ".docker/config.json"), '{"currentContext": "colima"}');
  const endpoints = { docker: { Host: host } };
  await writeFile(
    join(meta, "meta.json"),
    JSON.stringify({ Name: "colima", Endpoints: endpoints }),
  );
}

describe("the containerd image store", () => {
  it.each(["20.10.24", "26.1.5", "27.4.1"])("is a fault in Docker %s", async (version) => {
    const host = await docker("docker.sock", version, CONTAINERD);
    expect(await dockerFault({ DOCKER_HOST: host })).toBe(
      `Docker ${version} at ${host} keeps images in containerd's store, where Pulumi's docker plugin cannot build — it can from Docker 27.5 on — upgrade Docker, or switch that store off: "Use containerd for pulling and storing images" in Docker Desktop's settings, {"features": {"containerd-snapshotter": false}} in daemon.json`,
    );
  });

  it.each([
    ["27.5.0", CONTAINERD],
    ["28.0.1", CONTAINERD],
    ["dev", CONTAINERD],
    ["26.1.5", OVERLAY],
    ["5.4.2", null],
  ])("is none in Docker %s with %j", async (version, store) => {
    const host = await docker("docker.sock", version, store);
    expect(await dockerFault({ DOCKER_HOST: host })).toBeUndefined();
  });
});

it("says where no Docker answers", async () => {
  expect(await dockerFault({ DOCKER_HOST: "unix:///nowhere.sock" })).toBe(
    "failed to connect to any docker daemon (unix:///nowhere.sock: connect ENOENT /nowhere.sock) — one must answer where DOCKER_HOST says, or at Docker's usual sockets — start Docker, or set DOCKER_HOST to where it listens",
  );
});

it("asks nothing of a Docker behind ssh://", async () => {
  expect(await dockerFault({ DOCKER_HOST: "ssh://none" })).toBeUndefined();
});

it("asks nothing on Windows, whose pipes it does not know", async () => {
  vi.spyOn(process, "platform", "get").mockReturnValue("win32");
  expect(await dockerFault({ DOCKER_HOST: "unix:///nowhere.sock" })).toBeUndefined();
  vi.restoreAllMocks();
});

describe("a context", () => {
  it("is told with the command that makes its Docker the plugin's", async () => {
    const host = await docker(".colima/docker.sock");
    await use(host);
    const told = `Docker's context is "colima" (${host}), and Pulumi's docker plugin takes no context — it takes the Docker that DOCKER_HOST names, or the one at Docker's usual sockets — export DOCKER_HOST=${host}`;
    expect(await dockerFault({})).toBe(told);
    // Another Docker is no substitute: the image would be built where nobody looks for it.
    await docker(".docker/run/docker.sock");
    expect(await dockerFault({})).toBe(told);
    expect(await dockerFault({ DOCKER_HOST: host })).toBeUndefined();
  });

  const elsewhere = it.skipIf(existsSync("/var/run/docker.sock"));
  elsewhere("of Docker Desktop is where the plugin looks too", async () => {
    await use(await docker(".docker/run/docker.sock"));
    expect(await dockerFault({})).toBeUndefined();
    await use(await docker(".docker/desktop/docker.sock"));
    expect(await dockerFault({})).toMatch(/^Docker's context is "colima"/);
  });

  it.each(["ssh://me@far", "tcp://far:2376"])("behind %s is told too", async (host) => {
    await use(host);
    expect(await dockerFault({})).toMatch(new RegExp(` — export DOCKER_HOST=${host}$`));
  });

  it("that is not there is told before Docker is asked", async () => {
    expect(await dockerFault({ DOCKER_CONTEXT: "lost" })).toBe(
      'DOCKER_CONTEXT names Docker\'s context "lost", which is not there — it may be default — unset DOCKER_CONTEXT',
    );
  });
});
