import { spawn } from "node:child_process";

import { command } from "./tools/command.ts";
import { project } from "./tools/folders.ts";
import { progress } from "./tools/progress.ts";

/** Output of `pulumi config --json`. */
type Config = Readonly<Record<string, { readonly value?: string } | undefined>>;

/** Fields of `pulumi stack export` that list operations which an update has not finished. */
interface Export {
  readonly deployment: {
    readonly pending_operations?: readonly { readonly type: string }[] | null;
  };
}

/** The Pulumi stack of the embedded cluster. */
export class Stack {
  /** @param folder the Pulumi project's */
  constructor(
    readonly name: string,
    readonly env: NodeJS.ProcessEnv,
    readonly folder: string = project,
  ) {}

  /** Creates the stack if it does not exist, sets config values that differ, and runs `pulumi up` on the terminal. */
  async up(config: Readonly<Record<string, string>>): Promise<number> {
    await progress(`selecting the stack ${this.name}`, async () => {
      await this.#pulumi("stack", "select", this.name, "--create");
      const now = JSON.parse(await this.#pulumi("config", "--json")) as Config;
      const other = Object.entries(config).filter(
        ([key, value]) => now[`kubeflower:${key}`]?.value !== value,
      );
      if (other.length > 0) {
        await this.#pulumi(
          "config",
          "set-all",
          ...other.flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]),
        );
      }
    });
    await this.#clearPending();
    // The cluster may have been recreated since the last update, without the stack's objects.
    return this.#show("up", "--yes", "--skip-preview", "--refresh");
  }

  /** Destroys the stack's resources and removes the stack; its config file stays. */
  async down(): Promise<number> {
    const there = await this.#pulumi("stack", "select", this.name).then(
      () => true,
      () => false,
    );
    if (!there) return 0;
    const code = await this.#show("destroy", "--yes", "--skip-preview");
    if (code === 0) await this.#pulumi("stack", "rm", "--yes", "--preserve-config", this.name);
    return code;
  }

  /**
   * Clears the pending creations of a killed update. Pulumi keeps them, and warns of them at each later `pulumi up`, until
   * they are cleared: `--refresh` alone does not.
   */
  async #clearPending(): Promise<void> {
    const { deployment } = JSON.parse(await this.#pulumi("stack", "export")) as Export;
    if (!deployment.pending_operations?.some(({ type }) => type === "creating")) return;
    await progress("clearing pending creations of a killed update", () =>
      this.#pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates"),
    );
  }

  #pulumi(...args: string[]): Promise<string> {
    return command("pulumi", [...args, "--non-interactive"], {
      cwd: this.folder,
      env: this.env,
      seconds: 120,
    });
  }

  /** Runs Pulumi on the user's terminal. A Ctrl-C reaches Pulumi as well, which then ends by itself. */
  async #show(...args: string[]): Promise<number> {
    const ignore = (): void => undefined;
    process.on("SIGINT", ignore);
    try {
      return await new Promise((resolve, reject) => {
        const child = spawn("pulumi", [...args, "--stack", this.name], {
          cwd: this.folder,
          env: this.env,
          stdio: "inherit",
        });
        child.on("error", reject).on("exit", (code) => {
          resolve(code ?? 130);
        });
      });
    } finally {
      process.off("SIGINT", ignore);
    }
  }
}
