import { spawn } from "node:child_process";

import { command } from "./tools/command.ts";
import { project } from "./tools/folders.ts";
import { progress } from "./tools/progress.ts";

/** What `pulumi config --json` prints. */
type Config = Readonly<Record<string, { readonly value?: string } | undefined>>;

/** The part of `pulumi stack export` that lists operations which an update has not ended. */
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

  /** Creates the stack unless it is there, sets what of its config differs, and runs `pulumi up` for the user to see. */
  async up(config: Readonly<Record<string, string>>): Promise<number> {
    await progress(`selecting the stack ${this.name}`, async () => {
      await this.#pulumi("stack", "select", this.name, "--create");
      const now = JSON.parse(await this.#pulumi("config", "--json")) as Config;
      const other = Object.entries(config).filter(
        ([key, value]) => now[`kubeflower:${key}`]?.value !== value,
      );
      if (other.length > 0)
        await this.#pulumi(
          "config",
          "set-all",
          ...other.flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]),
        );
    });
    await this.#forgetInterrupted();
    // The cluster may have been taken down and made anew since: what the stack made is gone then.
    return this.#show("up", "--yes", "--skip-preview", "--refresh");
  }

  /** Destroys what the stack made and forgets the stack; its config file stays. */
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
   * Clears what a killed update had begun to create. Pulumi keeps it, and warns of it at each later
   * `pulumi up`, until somebody says that it is to be forgotten: `--refresh` alone does not.
   */
  async #forgetInterrupted(): Promise<void> {
    const { deployment } = JSON.parse(await this.#pulumi("stack", "export")) as Export;
    if (!deployment.pending_operations?.some(({ type }) => type === "creating")) return;
    await progress("clearing what a killed update had begun", () =>
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

  /** Runs Pulumi on the user's own terminal; a Ctrl-C reaches it as well and it ends in its own way. */
  async #show(...args: string[]): Promise<number> {
    const ignore = (): void => undefined;
    process.on("SIGINT", ignore);
    try {
      return await new Promise((done, failed) => {
        const child = spawn("pulumi", [...args, "--stack", this.name], {
          cwd: this.folder,
          env: this.env,
          stdio: "inherit",
        });
        child.on("error", failed).on("exit", (code) => {
          done(code ?? 130);
        });
      });
    } finally {
      process.off("SIGINT", ignore);
    }
  }
}
