import { readFileSync } from "node:fs";
import type { RequestOptions } from "node:https";
import type { Authenticator } from "@kubernetes/client-node/dist/auth.js";
import { ExecPlugin, type ExecEntry } from "./execPlugin.ts";
import type { Entry } from "./kubeconfig.ts";
import { hasOwnLogin } from "./login.ts";

/** Tokens that a kubeconfig's user shows the API server, beside a certificate or a password. */
export class Credentials implements Authenticator {
  readonly #user: Entry;
  readonly #plugin: ExecPlugin | undefined;

  constructor(cluster: Entry, user: Entry) {
    this.#user = user;
    const { exec } = user as { exec?: ExecEntry };
    this.#plugin = exec && !hasOwnLogin(user) ? new ExecPlugin(exec, cluster) : undefined;
  }

  /** Forgets a plugin's credentials: the API server did not accept them. */
  forget(): void {
    this.#plugin?.forget();
  }

  isAuthProvider(): boolean {
    return true;
  }

  /** Adds the credentials to a request's options. */
  async applyAuthentication(_: unknown, options: RequestOptions): Promise<void> {
    const made = await this.#plugin?.credentials();
    if (made?.clientCertificateData !== undefined) {
      options.cert = made.clientCertificateData;
      options.key = made.clientKeyData;
    }
    const token = this.#token() ?? made?.token;
    options.headers = {
      ...(options.headers as object | undefined),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...this.#impersonation(),
    };
  }

  /** The token; its file counts first, because somebody renews it. */
  #token(): string | undefined {
    const { token, tokenFile } = this.#user as { token?: string; tokenFile?: string };
    if (!tokenFile) return token || undefined;
    try {
      return readFileSync(tokenFile, "utf8").trim();
    } catch (fault) {
      if (token) return token;
      throw fault;
    }
  }

  #impersonation(): Record<string, string | readonly string[]> {
    const { as, ...rest } = this.#user as { as?: string; [key: string]: unknown };
    if (!as) return {};
    const extra = (rest["as-user-extra"] ?? {}) as Record<string, string[]>;
    const extras = Object.entries(extra).map(([key, values]) => [
      `Impersonate-Extra-${encodeURIComponent(key)}`,
      values,
    ]);
    return {
      "Impersonate-User": as,
      ...(rest["as-uid"] ? { "Impersonate-Uid": rest["as-uid"] as string } : {}),
      ...(rest["as-groups"] ? { "Impersonate-Group": rest["as-groups"] as string[] } : {}),
      ...(Object.fromEntries(extras) as Record<string, string[]>),
    };
  }
}
