import { execFile, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

import { DockerEngine } from "../local/machine/dockerEngine.ts";
import { tool } from "../local/tools/tools.ts";

const run = promisify(execFile);
const MINUTE = 60_000;
/** Bytes that a command may print: a hundred pods are more than Node.js allows by default. */
const MOST = 1 << 26;
const project = resolve(import.meta.dirname, "..");

/** The stack's output `run`. */
export interface Run {
  readonly id: string;
  readonly state: string;
  readonly rounds: number;
  readonly accuracy: number;
  readonly modelSha256: string;
}

/** How a command ended and all it printed. */
export interface Ended {
  readonly code: number;
  readonly said: string;
}

/** A checkout with a cluster, a home of Pulumi and stacks of its own, so that the developer's stay as they are. */
export class Checkout {
  private constructor(
    /** Holds everything of this checkout. */
    readonly folder: string,
    readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Folder of the sources: the files git knows, as they are in the work tree. */
  get sources(): string {
    return join(this.folder, "checkout");
  }

  /** `name` and `index` are the cluster's; index 1 is the developer's own. */
  static async make(name: string, index: number): Promise<Checkout> {
    const folder = await mkdtemp(join(tmpdir(), "kubeflower-"));
    const checkout = join(folder, "checkout");
    const files = (await run("git", ["ls-files"], { cwd: project })).stdout.trim().split("\n");
    for (const file of files) {
      await mkdir(dirname(join(checkout, file)), { recursive: true });
      await cp(join(project, file), join(checkout, file), { preserveTimestamps: true });
    }
    await symlink(join(project, "node_modules"), join(checkout, "node_modules"));
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      PATH: [await tool("pulumi"), await tool("kube"), process.env.PATH].join(delimiter),
      XDG_STATE_HOME: folder,
      KUBECONFIG: join(folder, "kubeconfig"),
      KUBEFLOWER_CLUSTER: name,
      KUBEFLOWER_CLUSTER_INDEX: String(index),
      // The stand-ins' home and the stacks' store, as `npm run env` sets them, for the plain commands below.
      PULUMI_HOME: join(folder, "kubeflower/pulumi"),
      PULUMI_BACKEND_URL: `file://${join(folder, "kubeflower/stacks")}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      DOCKER_HOST: new DockerEngine().host,
      // Nobody is there to say yes.
      PULUMI_SKIP_CONFIRMATIONS: "true",
    };
    await mkdir(join(folder, "kubeflower/stacks"), { recursive: true });
    delete env.CI;
    delete env.PULUMI_CONFIG_PASSPHRASE_FILE;
    return new Checkout(folder, env);
  }

  /** Takes stack and cluster down, whatever a test left, and removes the folder. */
  async remove(): Promise<void> {
    await this.local("down").catch(() => undefined);
    await this.local("cluster", "down");
    await rm(this.folder, { recursive: true });
  }

  /** `npm run …` of the local tools. */
  async local(...args: string[]): Promise<string> {
    const { code, said } = await this.ended(process.execPath, [
      join(this.sources, "local/run.mjs"),
      ...args,
    ]);
    if (code !== 0) throw new Error(`local ${args.join(" ")} ended with ${String(code)}:\n${said}`);
    return said;
  }

  /**
   * Types lines of the README into one shell, with what stands for the words in capitals, and gives all it printed.
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
    // Ctrl-C goes to all of the terminal's process group.
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

  /** Standard output of a Pulumi command, which must end well. */
  async pulumi(...args: string[]): Promise<string> {
    const all = [...args, "--non-interactive"];
    const options = { cwd: this.sources, env: this.env, timeout: 10 * MINUTE, maxBuffer: MOST };
    return (await run("pulumi", all, options)).stdout.trim();
  }

  /** Standard output of kubectl in the stack's namespace. */
  async kubectl(...args: string[]): Promise<string> {
    const all = ["-n", "kubeflower", ...args];
    const options = { env: this.env, timeout: 2 * MINUTE, maxBuffer: MOST };
    return (await run("kubectl", all, options)).stdout.trim();
  }

  /** Runs any program in the checkout, however it ends. */
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

  /** The result of the selected stack's run. */
  async result(): Promise<Run> {
    return (JSON.parse(await this.pulumi("stack", "output", "--json")) as { run: Run }).run;
  }

  /** UIDs of the pods with that label `app`. */
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
}
