import { answers, command } from "./tools/command.ts";

/** Oldest Go that downloads the version which a module requires: major, minor. */
const GO = [1, 21] as const;

const ALTERNATIVE =
  "use a cluster of your own instead: `pulumi up -s dev` (minikube), or a stack with `cluster: remote`";

/** @throws with one sentence when this machine cannot run the embedded cluster */
export async function preflight(): Promise<void> {
  if (process.platform !== "linux") {
    throw new Error(
      `the embedded cluster runs on Linux only, and this is ${process.platform} — ${ALTERNATIVE}`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      `the embedded cluster needs root (namespaces, mounts, network), and this is user ${process.getuid?.()} — ` +
        `run it with sudo, or ${ALTERNATIVE}`,
    );
  }
  if (!(await newEnough())) {
    throw new Error(
      `the embedded cluster is built with Go ${GO.join(".")} or later, and \`go version\` does not show one — ` +
        `install Go, or ${ALTERNATIVE}`,
    );
  }
  for (const program of ["unshare", "nsenter", "mount", "tar", "perl"]) {
    if (!(await answers(program, ["--version"]))) {
      throw new Error(`\`${program}\` is missing, which the embedded cluster needs — install it`);
    }
  }
}

async function newEnough(): Promise<boolean> {
  const version = await command("go", ["version"]).catch(() => "");
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > GO[0] || (Number(major) === GO[0] && Number(minor) >= GO[1]);
}
