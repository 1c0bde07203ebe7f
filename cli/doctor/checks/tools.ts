import { readFileSync } from "node:fs";

import { oneLine } from "../../../kube/oneLine.ts";
import type { LocalCheck } from "../check.ts";
import { fault, ok, warning, type Finding } from "../finding.ts";

const PULUMI = "install it: https://www.pulumi.com/docs/install/";
const KUBECTL = "install it: https://kubernetes.io/docs/tasks/tools/";

/** Minor version of Pulumi from which on a failed build of the image says why. */
const TELLS_BUILDS = 217;

/** Checks the version of Node.js, by which this program and the stack run. */
export const node: LocalCheck = {
  name: "node",
  local: true,
  run: ({ node }) => {
    const file = new URL("../../../package.json", import.meta.url);
    const { engines } = JSON.parse(readFileSync(file, "utf8")) as { engines: { node: string } };
    const least = Number(/\d+/.exec(engines.node)?.[0]);
    const enough = Number(/\d+/.exec(node)?.[0]) >= least;
    return Promise.resolve(
      enough
        ? ok(`Node.js is ${node}`)
        : fault(
            `Node.js is ${node}, and the stack needs ${least} or later`,
            "install it: https://nodejs.org/en/download",
          ),
    );
  },
};

/** Checks that Pulumi is there. */
export const pulumi: LocalCheck = {
  name: "pulumi",
  local: true,
  run: async (machine) => {
    const ended = await machine.run("pulumi", "version");
    if (ended === null) return fault("there is no pulumi on the PATH", PULUMI);
    if (ended.code !== 0) return failed("pulumi version", ended.said, PULUMI);
    const [major = 0, minor = 0] = (ended.said.match(/\d+/g) ?? []).map(Number);
    if (major < 3) return fault(`pulumi is ${ended.said}, and the stack needs version 3`, PULUMI);
    const is = `pulumi is ${oneLine(ended.said, 40)}`;
    if (major === 3 && minor < TELLS_BUILDS) {
      return warning(`${is}: a build that fails says why from 3.${TELLS_BUILDS} on`, PULUMI);
    }
    return ok(is);
  },
};

/** Checks that kubectl is there, which the remedies use. */
export const kubectl: LocalCheck = {
  name: "kubectl",
  local: true,
  run: async (machine) => {
    const ended = await machine.run("kubectl", "version", "--client", "--output=json");
    if (ended === null) {
      return warning(
        "there is no kubectl on the PATH: the stack runs without, remedies use it",
        KUBECTL,
      );
    }
    if (ended.code !== 0) return failed("kubectl version", ended.said, KUBECTL);
    const { clientVersion } = JSON.parse(ended.said) as { clientVersion?: { gitVersion?: string } };
    return ok(`kubectl is ${clientVersion?.gitVersion ?? "there"}`);
  },
};

function failed(command: string, said: string, remedy: string): Finding {
  return fault(`\`${command}\` fails: ${oneLine(said, 200) || "it does not end"}`, remedy);
}
