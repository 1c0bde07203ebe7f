import { posix } from "node:path";

import { DATA_FOLDER } from "../../../contract/names.ts";
import type { Checkout } from "../../../dev/checkout.ts";
import { until } from "./until.ts";

/** A run of the app `tests/app/tiny`, which waits in the rounds of its setting `hold` until {@link goOn}. */
export class TinyRun {
  constructor(
    private readonly checkout: Checkout,
    readonly id: string,
  ) {}

  /** Waits until the server's pod is held in this round. */
  async holds(round: number): Promise<void> {
    const line = `holds in round ${String(round)}\n`;
    await until(`"${line.trim()}" in the server's log`, async () => {
      const log = await this.checkout.kubectl("logs", "deploy/flower-server").catch(() => "");
      return `${log}\n`.includes(line) || undefined;
    });
  }

  /** Lets the run go on from this round. */
  async goOn(round: number): Promise<void> {
    const folder = posix.join(DATA_FOLDER, "runs", this.id, "work");
    const file = posix.join(folder, `go-on-${String(round)}`);
    await this.checkout.kubectl("exec", "deploy/flower-server", "--", "touch", file);
  }
}
