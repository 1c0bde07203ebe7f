import http from "node:http";

import { oneLine } from "../../../kube/oneLine.ts";
import type { LocalCheck } from "../check.ts";
import { fault, ok, unchecked } from "../finding.ts";
import type { Machine } from "../machine.ts";

const REMEDY = "start Docker, or take a ready image: pulumi config set image NAME@DIGEST";
/** Deadline of the engine, in milliseconds. */
const MS = 4000;

/** Checks that a Docker engine answers, where the stack builds its image. */
export const docker: LocalCheck = {
  name: "docker",
  local: true,
  run: async (machine) => {
    const { settings } = machine;
    if (settings === null) {
      return unchecked("without a stack it is not known whether one is needed");
    }
    if ((settings.image ?? "") !== "" || settings.builder === "minikube") {
      return ok("no Docker is needed: the image is not built here");
    }
    const { host, known } = engine(machine.env);
    if (host === undefined) return unchecked(`DOCKER_HOST is ${known}, which is not asked`);
    const version = (await ping(host)) ?? (await byProgram(machine));
    if (version instanceof Error) {
      return fault(
        `no Docker engine answers at ${known}: ${oneLine(version.message, 200)}`,
        REMEDY,
      );
    }
    return ok(`Docker answers at ${known} (API ${version})`);
  },
};

interface Engine {
  /** Options of a request; undefined where only the `docker` program knows the way. */
  readonly host: http.RequestOptions | undefined;
  /** Address as people know it. */
  readonly known: string;
}

function engine({ DOCKER_HOST: known = "unix:///var/run/docker.sock" }: NodeJS.ProcessEnv): Engine {
  const { protocol, hostname, port, pathname } = new URL(known);
  if (protocol === "unix:") return { host: { socketPath: pathname }, known };
  if (protocol === "tcp:") return { host: { hostname, port }, known };
  return { host: undefined, known };
}

/** Version of the engine's API; null when it does not answer. */
function ping(host: http.RequestOptions): Promise<string | null> {
  return new Promise((done) => {
    http
      .get({ ...host, path: "/_ping", timeout: MS }, (response) => {
        response.resume();
        const { "api-version": version } = response.headers;
        done(response.statusCode === 200 ? String(version ?? "unknown") : null);
      })
      .on("timeout", function (this: http.ClientRequest) {
        this.destroy();
      })
      .on("error", () => {
        done(null);
      });
  });
}

/** Version as `docker` tells it, which knows contexts, pipes and certificates. */
async function byProgram(machine: Machine): Promise<string | Error> {
  const ended = await machine.run("docker", "version", "--format", "{{.Server.APIVersion}}");
  if (ended === null) return new Error("nothing listens there, and there is no `docker` to ask");
  return ended.code === 0 ? ended.said : new Error(ended.said || "it does not answer");
}
