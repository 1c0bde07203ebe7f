import { spawn, type ChildProcess } from "node:child_process";

import type { Checkout } from "../../../../dev/checkout.ts";

const MINUTES = 8;

/** A `pulumi up` that runs. */
export class Up {
  /** Everything it has printed. */
  said = "";
  /** Exit code, -1 after a signal; undefined while it runs. */
  code: number | undefined;
  readonly ended: Promise<number>;
  readonly #child: ChildProcess;

  constructor(checkout: Checkout) {
    const args = ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", "local"];
    this.#child = spawn("pulumi", args, { cwd: checkout.sources, env: checkout.env });
    const read = (chunk: Buffer): void => {
      this.said += chunk.toString();
    };
    this.#child.stdout?.on("data", read);
    this.#child.stderr?.on("data", read);
    const deadline = setTimeout(() => this.#child.kill("SIGKILL"), MINUTES * 60_000);
    this.ended = new Promise((done) => {
      // "close" may never come: a plug-in that outlives a killed CLI keeps the pipes open.
      this.#child.on("exit", (code) => {
        clearTimeout(deadline);
        this.code = code ?? -1;
        done(this.code);
      });
    });
  }

  /** Kills the CLI without its children, as the kernel does when memory is short. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  /** The first sentence that says why it failed. */
  reason(): string {
    return this.reasons()[0] ?? "";
  }

  /** The last line that is printed of each resource that failed. */
  reasons(): string[] {
    const [, diagnostics = ""] =
      /^Diagnostics:\n(.*?)\n\n(?:Outputs|Resources):$/ms.exec(this.said) ?? [];
    return (
      diagnostics
        .split("\n\n")
        // An older update that was killed has left a warning.
        .filter((part) => /^ *error: /m.test(part) && !part.endsWith("error: update failed"))
        .map((part) => (part.split("\n").at(-1) ?? "").trim().replace(/^error: /, ""))
    );
  }
}
