import { execFile } from "node:child_process";
import { resolve } from "node:path";

import { expect, test } from "vitest";

import { exports, PROGRAMS } from "../../local/environment.ts";

/** Runs a command in a shell that has evaluated the environment, in a folder of the checkout. */
function inShell(folder: string, command: string): Promise<{ out: string; error: string }> {
  const lines = exports({
    variables: { PULUMI_STACK: "dev", KUBECONFIG: "/nonexistent" },
    path: [PROGRAMS],
    engine: undefined,
  });
  return new Promise((done) => {
    execFile(
      "sh",
      ["-c", `eval "$1"; ${command}`, "sh", lines],
      { cwd: folder },
      (_, out, error) => {
        done({ out, error });
      },
    );
  });
}

test("kubeflower is a command of the shell, in every folder of the checkout, with its stack", async () => {
  // Stack dev is of minikube by default, a context that this kubeconfig does not have.
  const error =
    "context minikube is not in the kubeconfig — there are: none, as no file is at /nonexistent — export KUBECONFIG=<file>, or pulumi config set context <name>\n";
  for (const folder of [".", "docs/adr"]) {
    expect(await inShell(folder, "kubeflower status")).toEqual({ out: "", error });
  }
});

test("the checkout's kubeflower comes before another one of the same name", async () => {
  const { out } = await inShell("/", "command -v kubeflower");
  expect(out).toBe(`${resolve("local/bin/kubeflower")}\n`);
});
