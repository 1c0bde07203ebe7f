import { readFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { Hopeless, Unreachable } from "./errors.ts";
import type { Entry } from "./kubeconfig.ts";
import { loginCommand, programName } from "./login.ts";
import { oneLine } from "./oneLine.ts";

/** Program that a kubeconfig's user gets credentials from. */
export interface ExecEntry {
  readonly apiVersion?: string;
  readonly command?: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  /** How the program is got, in its cloud's words. */
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
  readonly interactiveMode?: "Never" | "IfAvailable" | "Always";
}

/** Credentials, as the program prints them. */
export interface ExecStatus {
  readonly expirationTimestamp?: string;
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
}

const GROUP = "client.authentication.k8s.io";
const VERSIONS = [`${GROUP}/v1`, `${GROUP}/v1beta1`];
/** How long the program may take, in milliseconds: a person may log in meanwhile. */
const LIMIT = 120_000;
/** Name under which a cluster's entry keeps what is meant for the program. */
const EXTENSION = `${GROUP}/exec`;

/**
 * Runs the program when credentials are needed, and keeps them until they expire.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export class ExecPlugin {
  readonly #entry: ExecEntry;
  readonly #cluster: Entry;
  #kept: ExecStatus | undefined;

  constructor(entry: ExecEntry, cluster: Entry) {
    this.#entry = entry;
    this.#cluster = cluster;
  }

  /** Forgets the credentials: the API server did not accept them. */
  forget(): void {
    this.#kept = undefined;
  }

  /**
   * The credentials.
   * @throws Hopeless when the program cannot be run, Unreachable when it gives none
   */
  async credentials(): Promise<ExecStatus> {
    const { expirationTimestamp: end } = this.#kept ?? {};
    if (this.#kept && (end === undefined || Date.parse(end) > Date.now())) return this.#kept;
    const { apiVersion = "", command = "" } = this.#entry;
    if (command === "") {
      throw new Hopeless(
        "the kubeconfig's user has an exec plugin without a command — it is the program that gives the login — write the kubeconfig anew by the cloud's command",
      );
    }
    if (!VERSIONS.includes(apiVersion)) {
      throw new Hopeless(
        `the kubeconfig's plugin ${programName(command)} is of ${apiVersion || "no apiVersion"} — it must be ${VERSIONS.join(" or ")} — write the kubeconfig anew by a newer version of the cloud's command`,
      );
    }
    this.#kept = this.#read(await this.#run());
    return this.#kept;
  }

  async #run(): Promise<string> {
    const { command: program = "", args, env, interactiveMode = "IfAvailable" } = this.#entry;
    // Without a terminal isTTY is undefined, whatever its type says.
    const interactive =
      (process.stdin as { isTTY?: boolean }).isTTY === true && interactiveMode !== "Never";
    if (interactiveMode === "Always" && !interactive) {
      throw this.#failed("it asks for input, and no terminal is there");
    }
    const own = (env ?? []).map(({ name, value }) => [name, value] as const);
    const variables = { KUBERNETES_EXEC_INFO: this.#info(interactive) };
    const all = { ...process.env, ...(Object.fromEntries(own) as NodeJS.ProcessEnv), ...variables };
    return new Promise((resolve, reject) => {
      const input = interactive ? "inherit" : "ignore";
      const child = spawn(program, args ?? [], {
        env: all,
        stdio: [input, "pipe", "pipe"],
        timeout: LIMIT,
      });
      let [out, said] = ["", ""];
      child.stdout.on("data", (text: Buffer) => (out += text.toString()));
      child.stderr.on("data", (text: Buffer) => {
        said += text.toString();
        // A question, or the address of a login page.
        if (interactive) process.stderr.write(text);
      });
      child.on("error", (fault) => {
        reject(this.#missing(fault));
      });
      child.on("close", (code) => {
        if (code === 0) resolve(out);
        else reject(this.#failed(oneLine(said.trim() || `exit ${String(code)}`, 300)));
      });
    });
  }

  /** Tells the program which cluster it is for, as kubectl does. */
  #info(interactive: boolean): string {
    const { apiVersion, provideClusterInfo } = this.#entry;
    const { extensions, ...cluster } = this.#cluster as {
      extensions?: { name: string; extension: unknown }[];
    } & Entry;
    const config = extensions?.find(({ name }) => name === EXTENSION)?.extension;
    const info = provideClusterInfo ? { cluster: { ...authorityIn(cluster), config } } : {};
    return JSON.stringify({
      kind: "ExecCredential",
      apiVersion,
      spec: { ...info, interactive },
    });
  }

  #read(text: string): ExecStatus {
    let printed: { apiVersion?: string; kind?: string; status?: ExecStatus };
    try {
      printed = (JSON.parse(text) ?? {}) as typeof printed;
    } catch {
      throw this.#failed("it prints no JSON");
    }
    const { status, apiVersion } = printed;
    if (apiVersion !== this.#entry.apiVersion) {
      throw this.#failed(
        `it prints ${apiVersion ?? "no apiVersion"}, not ${String(this.#entry.apiVersion)}`,
      );
    }
    const { clientCertificateData: certificate, clientKeyData: key, token } = status ?? {};
    if (!status || (!token && !(certificate && key))) {
      throw this.#failed("it prints neither a token nor a certificate with its key");
    }
    return status;
  }

  #missing({ code, message }: NodeJS.ErrnoException): Error {
    const { command = "", installHint } = this.#entry;
    const why = code === "ENOENT" ? "is not installed" : `cannot be run (${message})`;
    const hint = installHint ? `: ${oneLine(installHint, 300)}` : "";
    return new Hopeless(
      `the kubeconfig gets its login from ${command}, which ${why} — it must be in the PATH — install it${hint}`,
    );
  }

  #failed(why: string): Error {
    const program = programName(this.#entry.command ?? "");
    return new Unreachable(`${program} gives no login (${why})`, loginCommand(program));
  }
}

/** The cluster's entry with its certificate authority as data: the program takes no file. */
function authorityIn({ "certificate-authority": file, ...cluster }: Entry): Entry {
  const key = "certificate-authority-data";
  if (!file || cluster[key]) return cluster;
  return { ...cluster, [key]: readFileSync(file as string).toString("base64") };
}
