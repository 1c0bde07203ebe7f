import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";

import Docker from "dockerode";

import { DockerEngine } from "../../../local/machine/dockerEngine.ts";
import { Sandbox } from "../../../local/machine/sandbox.ts";
import { cache } from "../../../local/tools/folders.ts";

/** The part of crictl that is used, by containerd's own ctr. */
const CRICTL = `#!/bin/sh
[ "$1 $2 $3" = "inspecti -o json" ] || exit 9
digest=$(ctr -n k8s.io images ls "name==docker.io/library/$4" | sed -n 's/.* \\(sha256:[0-9a-f]*\\) .*/\\1/p')
[ -n "$digest" ] || { echo "level=fatal msg=\\"no such image \\\\\\"$4\\\\\\" present\\"" >&2; exit 1; }
id=$(ctr -n k8s.io content get "$digest" | tr -d ' \\n' | sed 's/.*"config":{[^}]*"digest":"\\(sha256:[0-9a-f]*\\)".*/\\1/')
printf '{"status":{"id":"%s"}}\\n' "$id"
`;

/**
 * A container of the embedded Docker engine that stands for the node of an embedded cluster, as kind
 * and k3d have it: it has the node's name, and its ctr and crictl talk to the node's real containerd.
 */
export class ContainerNode {
  private constructor(
    readonly name: string,
    private readonly folder: string,
    private readonly relay: Server,
  ) {}

  /**
   * Starts the container.
   * @param node name of the node's control group, and its name in Kubernetes
   */
  static async start(
    node: { readonly group: string; readonly name: string },
    labels: Readonly<Record<string, string>>,
  ): Promise<ContainerNode> {
    // The engine sees the cache, and no other folder of this machine.
    const folder = join(cache, `node-${String(process.pid)}`);
    await mkdir(join(folder, "bin"), { recursive: true });
    await writeFile(join(folder, "bin/crictl"), CRICTL);
    await chmod(join(folder, "bin/crictl"), 0o755);
    const socket = `/proc/${String(await supervisor(node.group))}/root/run/containerd/containerd.sock`;
    const relay = createServer((near) => {
      const far = connect(socket);
      for (const side of [near, far]) side.on("error", () => near.destroy());
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((listens) => relay.listen(join(folder, "containerd.sock"), listens));
    const container = await engine().createContainer({
      name: node.name,
      Image: "debian:trixie-slim",
      Cmd: ["sleep", "infinity"],
      Labels: { ...labels },
      HostConfig: {
        NetworkMode: "none",
        Binds: [
          `${folder}:/run/containerd`,
          `${folder}/bin/crictl:/usr/local/bin/crictl:ro`,
          "/usr/bin/ctr:/usr/local/bin/ctr:ro",
        ],
      },
    });
    await container.start();
    return new ContainerNode(node.name, folder, relay);
  }

  /** Removes the container and all that belongs to it. */
  async remove(): Promise<void> {
    await engine().getContainer(this.name).remove({ force: true });
    this.relay.close();
    await rm(this.folder, { recursive: true });
  }
}

function engine(): Docker {
  return new Docker({ socketPath: new DockerEngine().socket });
}

/** Finds the process that has the mounts of a node: the pods' processes have others. */
export async function supervisor(group: string): Promise<number> {
  for (const pid of await new Sandbox(group).pids()) {
    const name = await readFile(`/proc/${String(pid)}/comm`, "utf8").catch(() => "");
    if (name === "runsvdir\n") return pid;
  }
  throw new Error("the node does not run");
}
