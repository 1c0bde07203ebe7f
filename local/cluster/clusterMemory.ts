import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Facts about a cluster that its later commands need. */
export interface Memory {
  /** Number of nodes. */
  readonly nodes: number;
  /** The context that was current in the user's kubeconfig before the cluster's. @default none */
  readonly contextBefore?: string;
}

/** The file with a cluster's {@link Memory}; it exists as long as the cluster does. */
export class ClusterMemory {
  readonly #file: string;

  /** @param folder the cluster's folder */
  constructor(folder: string) {
    this.#file = join(folder, "memory.json");
  }

  /** Whether the cluster exists. */
  get exists(): boolean {
    return existsSync(this.#file);
  }

  /** Reads the facts; those of a cluster of one node when there is no file. */
  async read(): Promise<Memory> {
    const text = await readFile(this.#file, "utf8").catch(() => "");
    return text ? (JSON.parse(text) as Memory) : { nodes: 1 };
  }

  /** Adds facts to those that are known. */
  async add(facts: Partial<Memory>): Promise<void> {
    await writeFile(this.#file, JSON.stringify({ ...(await this.read()), ...facts }));
  }
}
