import { execFile, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";

import { AddressPlan } from "../local/cluster/addressPlan.ts";
import { DockerEngine } from "../local/machine/dockerEngine.ts";
import { install } from "../local/plugins/install.ts";
import { tool } from "../local/tools/tools.ts";

const run = promisify(execFile);
const MINUTE = 60_000;
/** Bytes that a command may print; Node.js' default is too little for a list of a hundred pods. */
const MOST = 1 << 26;
const project = resolve(import.meta.dirname, "..");
/** Small CPU requests, so that the pods of many stacks fit on one node. */
export const SMALL = { serverResources: '{"cpu":"25m"}', clientResources: '{"cpu":"25m"}' };

/** Output `run` of a stack. */
export interface Run {
  readonly id: string;
  readonly state: string;
  readonly rounds: number;
  readonly accuracy: number;
  readonly modelSha256: string;
}

/** An embedded cluster of this machine. */
export interface ClusterPlace {
  readonly name: string;
  /** Number of its address plan; 1 is the developer's own. */
  readonly index: number;
  /** Its XDG_STATE_HOME: the folder that holds its files and `kubeconfig`. */
  readonly folder: string;
}

/** Exit code of a command and everything it printed. */
export interface Ended {
  readonly code: number;
  readonly said: string;
}

/** The environment variables that lead the local tools and kubectl to a cluster. */
export function clusterEnvironment({ name, index, folder }: ClusterPlace): NodeJS.ProcessEnv {
  return {
    XDG_STATE_HOME: folder,
    KUBECONFIG: join(folder, "kubeconfig"),
    KUBEFLOWER_CLUSTER: name,
    KUBEFLOWER_CLUSTER_INDEX: String(index),
  };
}

/** A copy of the sources with its own Pulumi home and stacks, so that the developer's stay as they are. */
export class Checkout {
  private constructor(
    /** Folder that holds everything of this checkout. */
    readonly folder: string,
    readonly env: NodeJS.ProcessEnv,
    /** The cluster that its stacks run on, if any. */
    private readonly cluster: ClusterPlace | undefined,
    /** Namespace of the stack `local`. */
    readonly namespace: string,
  ) {}

  /** Folder of the sources: the files that git tracks, as they are in the work tree. */
  get sources(): string {
    return join(this.folder, "checkout");
  }

  /** The cluster's context in the kubeconfig. */
  get context(): string {
    return `kubeflower-${this.#cluster.name}`;
  }

  /** Host and port of the cluster's registry. */
  get registry(): string {
    return `localhost:${String(new AddressPlan(this.#cluster.index).registryPort)}`;
  }

  /** Folder with the files of the cluster. */
  get clusterFolder(): string {
    return join(this.#cluster.folder, "kubeflower", this.#cluster.name);
  }

  /** Name of the cluster's one node among the control groups. */
  get nodeName(): string {
    return `${this.#cluster.name}/node-0`;
  }

  /** A checkout with its own cluster, which a test starts and which ends with the checkout. */
  static async make(name: string, index: number): Promise<Checkout> {
    const folder = await newFolder();
    return Checkout.#copy(folder, "kubeflower", { name, index, folder });
  }

  /** A checkout for tests that need no cluster, with Pulumi's plugins. */
  static async withoutCluster(): Promise<Checkout> {
    const checkout = await Checkout.#copy(await newFolder(), "kubeflower");
    await checkout.#installPlugins();
    return checkout;
  }

  /** A checkout beside others on a cluster that is up; its stack `local` has its own namespace. */
  static async on(cluster: ClusterPlace, namespace: string): Promise<Checkout> {
    const checkout = await Checkout.#copy(await newFolder(), namespace, cluster);
    await checkout.#installPlugins();
    await cp(join(cluster.folder, "kubeconfig"), join(checkout.folder, "kubeconfig"));
    await checkout.pulumi("stack", "init", "local");
    await checkout.set({
      cluster: "remote",
      context: checkout.context,
      registry: checkout.registry,
      namespace,
      ...SMALL,
    });
    return checkout;
  }

  static async #copy(folder: string, namespace: string, cluster?: ClusterPlace): Promise<Checkout> {
    const checkout = join(folder, "checkout");
    await mkdir(checkout);
    const copy = 'git ls-files -z | xargs -0 cp -P --parents --preserve=timestamps -t "$0"';
    await run("bash", ["-c", `set -o pipefail; ${copy}`, checkout], { cwd: project });
    await symlink(join(project, "node_modules"), join(checkout, "node_modules"));
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      ...clusterEnvironment({ name: "none", index: 0, ...cluster, folder }),
      PATH: [await tool("pulumi"), await tool("kube"), process.env.PATH].join(delimiter),
      // `npm run env` sets these two as well; the plain commands below need them.
      PULUMI_HOME: join(folder, "kubeflower/pulumi"),
      PULUMI_BACKEND_URL: `file://${join(folder, "kubeflower/stacks")}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      DOCKER_HOST: new DockerEngine().host,
      // No terminal is there to confirm anything.
      PULUMI_SKIP_CONFIRMATIONS: "true",
    };
    await mkdir(join(folder, "kubeflower/stacks"), { recursive: true });
    delete env.CI;
    delete env.PULUMI_CONFIG_PASSPHRASE_FILE;
    return new Checkout(folder, env, cluster, namespace);
  }

  /** Removes the folder, and the cluster or, on a shared one, the namespace. */
  async remove(): Promise<void> {
    if (this.cluster?.folder === this.folder) await this.local("cluster", "down");
    else if (this.cluster) {
      await this.kubectl(
        "delete",
        "namespace",
        this.namespace,
        "--ignore-not-found",
        "--wait=false",
      );
    }
    await rm(this.folder, { recursive: true });
  }

  /** Sets settings of the selected stack. */
  async set(values: Readonly<Record<string, string>>): Promise<void> {
    const pairs = Object.entries(values).flatMap(([key, value]) => [
      "--plaintext",
      `${key}=${value}`,
    ]);
    await this.pulumi("config", "set-all", ...pairs);
  }

  /** Runs a command of local/run.mjs, which must succeed; returns what it printed. */
  async local(...args: string[]): Promise<string> {
    const { code, said } = await this.ended(process.execPath, [
      join(this.sources, "local/run.mjs"),
      ...args,
    ]);
    if (code !== 0) throw new Error(`local ${args.join(" ")} ended with ${String(code)}:\n${said}`);
    return said;
  }

  /**
   * Types lines of the README into one shell, with `values` in place of the words in capitals; returns what it printed.
   * tests/readme.test.ts looks for each of the README's lines among the end-to-end tests.
   */
  async type(
    lines: readonly string[],
    values: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const script = lines.join("\n").replace(/\b[A-Z]+\b/g, (word) => values[word] ?? word);
    const { code, said } = await this.ended("bash", ["-ec", script]);
    if (code !== 0) throw new Error(`${script}\nended with ${String(code)}:\n${said}`);
    return said;
  }

  /** Types lines as {@link type} does, presses Ctrl-C when they have printed `text`, and waits for their end. */
  async interrupt(lines: readonly string[], text: string): Promise<Ended> {
    const child = spawn("bash", ["-ec", lines.join("\n")], {
      cwd: this.sources,
      env: this.env,
      detached: true,
    });
    const { pid } = child;
    if (pid === undefined) throw new Error("bash did not start");
    // A terminal sends Ctrl-C to the whole process group.
    const stop = (signal: NodeJS.Signals): boolean => process.kill(-pid, signal);
    const deadline = setTimeout(() => stop("SIGKILL"), 5 * MINUTE);
    let said = "";
    let pressed = false;
    const read = (chunk: Buffer): void => {
      said += chunk.toString();
      if (!pressed && said.includes(text)) pressed = stop("SIGINT");
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    const code = await new Promise<number>((done) => {
      child.on("close", (status) => {
        done(status ?? -1);
      });
    });
    clearTimeout(deadline);
    return { code, said };
  }

  /** Runs a Pulumi command, which must succeed; returns its standard output. */
  async pulumi(...args: string[]): Promise<string> {
    const all = [...args, "--non-interactive"];
    const options = { cwd: this.sources, env: this.env, timeout: 10 * MINUTE, maxBuffer: MOST };
    return (await run("pulumi", all, options)).stdout.trim();
  }

  /** Runs kubectl in the stack's namespace; returns its standard output. */
  async kubectl(...args: string[]): Promise<string> {
    const all = ["-n", this.namespace, ...args];
    const options = { env: this.env, timeout: 6 * MINUTE, maxBuffer: MOST };
    return (await run("kubectl", all, options)).stdout.trim();
  }

  /** Makes objects in the cluster, or changes them. */
  async apply(...items: readonly object[]): Promise<void> {
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
    await this.type([`kubectl apply -f - <<'END'\n${list}\nEND`]);
  }

  /** Runs any program in the checkout; it may fail. */
  ended(program: string, args: readonly string[], minutes = 60): Promise<Ended> {
    const options = {
      cwd: this.sources,
      env: this.env,
      timeout: minutes * MINUTE,
      maxBuffer: MOST,
    };
    return new Promise((done) => {
      execFile(program, args, options, (error, stdout, stderr) => {
        const status = error === null ? 0 : error.code;
        const code = typeof status === "number" ? status : -1;
        done({ code, said: stdout + stderr });
      });
    });
  }

  /** Reads the result of the selected stack's run. */
  async result(): Promise<Run> {
    return (JSON.parse(await this.pulumi("stack", "output", "--json")) as { run: Run }).run;
  }

  /** Lists the UIDs of the pods whose label `app` is this. */
  uids(app: string): Promise<string> {
    return this.kubectl(
      "get",
      "pods",
      "-l",
      `app=${app}`,
      "-o",
      "jsonpath={.items[*].metadata.uid}",
    );
  }

  /** Lists the folders, on the host, of the volumes that are claimed in the stack's namespace. */
  async volumes(): Promise<string[]> {
    const own = `@.spec.claimRef.namespace=="${this.namespace}"`;
    const paths = `jsonpath={range .items[?(${own})]}{.spec.local.path}{"\\n"}{end}`;
    return (await this.kubectl("get", "pv", "-o", paths)).split("\n").filter(Boolean);
  }

  get #cluster(): ClusterPlace {
    if (!this.cluster) throw new Error("this checkout has no cluster");
    return this.cluster;
  }

  /** Puts Pulumi's plugins where the CLI finds them, as `npm run env` does. */
  async #installPlugins(): Promise<void> {
    await install(join(this.folder, "kubeflower/pulumi"), await tool("pulumi-resource-kubernetes"));
  }
}

function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "kubeflower-"));
}
