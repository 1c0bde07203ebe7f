/**
 * Hands an image of this machine's Docker to each node of a local cluster, and checks that each has
 * it: `k3d image import` can exit 0 without having done it. The image component runs it with
 * KUBEFLOWER_LOAD = {image, cluster, context}. Prints the image as its last line.
 */
import type { ClusterNode, LoadedKind } from "../../contract/clusterKind.ts";
import { COMMAND } from "../../contract/variables.ts";
import {
  clusterByNames,
  containerCluster,
  type ContainerCluster,
} from "../../docker/containerCluster.ts";
import { execute } from "../../docker/containers.ts";
import { DockerApi } from "../../docker/dockerApi.ts";
import { hasContainerdStore, isAsked } from "../../docker/fault.ts";
import { containerdProgram, nodesFault, sharesDocker } from "../../docker/localNodes.ts";
import { clientOf } from "../../kube/client.ts";
import { clusterNodes, NODES, type NodeList } from "../../kube/nodes.ts";
import { fail, run, saying, sized, type Tool } from "./loading.ts";

interface Order {
  /** Name and tag of the image. */
  readonly image: string;
  /** Kind of the cluster. */
  readonly cluster: LoadedKind;
  /** Context of the kubeconfig. */
  readonly context: string;
  /** Seconds between two lines of progress. @default 10 */
  readonly every?: number;
}

/** A node's image, by the id that its container runtime has for it; undefined when it has none. */
type Ids = ReadonlyMap<string, string | undefined>;

/** The command by which a maker of clusters loads an image into all nodes. */
function loading({ maker, name }: ContainerCluster, image: string): readonly string[] {
  // Without `direct` k3d pulls an image of tools first, and says that it has done what has failed.
  return maker === "kind"
    ? ["load", "docker-image", image, "--name", name]
    : ["image", "import", image, "--cluster", name, "--mode", "direct"];
}

function tool(program: string, args: readonly string[], rest: Partial<Tool> = {}): Tool {
  const missing = `\`${program}\` is not on PATH — the image is loaded by it — install it, or: pulumi config set cluster remote`;
  return {
    program,
    args,
    minutes: 20,
    live: true,
    missing,
    more: `\`${program} --help\``,
    ...rest,
  };
}

/** Loads the image into containers that are nodes; gives what their kubelets find there. */
async function intoContainers(
  nodes: readonly ClusterNode[],
  kind: Exclude<LoadedKind, "containerd">,
  { image, every = 10 }: Order,
): Promise<Ids> {
  const docker = isAsked() ? await DockerApi.connect({}) : undefined;
  const made =
    docker === undefined
      ? clusterByNames(kind, nodes)
      : await containerCluster(kind, docker, nodes);
  const done = run(tool(made.maker, loading(made, image)));
  await saying(`loading ${await sized(image)} into ${made.maker} ${made.name}`, every, done);
  if (docker !== undefined) return idsOn(docker, nodes, image);
  console.log("the nodes are not asked for the image: Docker is behind ssh or a pipe of Windows");
  return new Map();
}

/** Asks each node's kubelet for the image, and Docker itself where it has the same ids. */
async function idsOn(
  docker: DockerApi,
  nodes: readonly ClusterNode[],
  image: string,
): Promise<Ids> {
  const ids = new Map<string, string | undefined>();
  if (!(await hasContainerdStore(docker))) ids.set("Docker", await idInDocker(docker, image));
  for (const { name } of nodes) {
    const command = ["crictl", "inspecti", "-o", "json", image];
    const { code, stdout, stderr } = await execute(docker, name, command);
    if (code !== 0 && !/no such image/i.test(stderr)) {
      fail(`node ${name} does not tell its images: ${(stderr || stdout).trim().slice(0, 300)}`);
    }
    ids.set(name, code === 0 ? idOf(stdout) : undefined);
  }
  return ids;
}

async function idInDocker(docker: DockerApi, image: string): Promise<string> {
  return ((await docker.json(`/images/${image}/json`)) as { Id: string }).Id;
}

function idOf(json: string): string | undefined {
  return (JSON.parse(json) as { status?: { id?: string } }).status?.id;
}

/** Imports the image into this machine's containerd; gives the digest that it has there. */
async function intoContainerd(
  nodes: readonly ClusterNode[],
  { image, every = 10 }: Order,
): Promise<Ids> {
  const [program = "", ...before] = await containerdProgram(nodes);
  const ctr = (args: readonly string[], rest: Partial<Tool>): Tool =>
    tool(program, [...before, "--namespace", "k8s.io", ...args], rest);
  const quiet = { minutes: 2, live: false };
  const pods = await run(ctr(["containers", "ls", "--quiet"], quiet));
  if (pods.trim() === "") {
    fail(
      "the containerd that `ctr` asks runs no pods — it must be the kubelet's — name that one: export CONTAINERD_ADDRESS=<socket>",
    );
  }
  const docker = await DockerApi.connect({});
  const archive = await docker.request(`/images/${image}/get`);
  const done = run(ctr(["images", "import", "-"], { input: archive }));
  await saying(`loading ${await sized(image)} into containerd`, every, done);
  const name = `docker.io/library/${image}`;
  const list = await run(ctr(["images", "ls", `name==${name}`], quiet));
  const digest = list.split("\n").find((line) => line.startsWith(`${name} `));
  return new Map([[nodes[0]?.name ?? "", /sha256:[0-9a-f]{64}/.exec(digest ?? "")?.[0]]]);
}

/** Fails unless each node has the image, and all have the same. */
function check(ids: Ids, image: string): void {
  const without = [...ids].filter(([, id]) => id === undefined).map(([node]) => node);
  if (without.length > 0) {
    fail(
      `node ${without.join(" and ")} has no image ${image} after it was loaded — pods may start on each node — see the lines above, then: pulumi up`,
    );
  }
  if (new Set(ids.values()).size > 1) {
    const each = [...ids].map(([node, id = ""]) => `${node} ${id.slice(7, 19)}`).join(", ");
    fail(
      `there are different images of ${image} (${each}) — all must have the same — remove it on each node: docker exec <node> crictl rmi ${image}; then: pulumi up`,
    );
  }
}

async function main(): Promise<void> {
  const order = JSON.parse(process.env[COMMAND.load] ?? "{}") as Order;
  const { image, cluster, context } = order;
  const nodes = clusterNodes((await clientOf(context).get<NodeList>(NODES, 60)).object);
  const fault = await nodesFault(cluster, nodes);
  if (fault !== undefined) fail(fault);
  if (cluster === "containerd") check(await intoContainerd(nodes, order), image);
  else if (cluster !== "docker-desktop" || !sharesDocker(nodes)) {
    check(await intoContainers(nodes, cluster, order), image);
  } else if (isAsked()) {
    // The nodes' images are Docker's own.
    await idInDocker(await DockerApi.connect({}), image);
  }
  console.log(image);
}

await main().catch((error: unknown) => fail((error as Error).message));
