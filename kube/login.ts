import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ContextEntries, Entry } from "./kubeconfig.ts";
import { shellWord } from "../contract/shellWord.ts";

/** Commands that log in again, by the program that the kubeconfig asks for credentials. */
const LOGINS: Readonly<Record<string, string>> = {
  aws: "aws sso login",
  "aws-iam-authenticator": "aws sso login",
  "gke-gcloud-auth-plugin": "gcloud auth login",
  kubelogin: "az login",
  doctl: "doctl auth init",
  oc: "oc login",
};

/** Name of a program by its path. */
export function programName(command: string): string {
  return (command.split(/[/\\]/).at(-1) ?? "").replace(/\.exe$/, "");
}

/** Tells how to log in again with this program. */
export function loginCommand(program: string): string {
  const known = LOGINS[program];
  return known === undefined ? `log in with ${program} again` : `log in again: ${known}`;
}

/** Why the API server does not accept a login, and what to do. */
export interface Unaccepted {
  readonly why: string;
  readonly remedy: string;
}

/** Explains why a context's login is not accepted, as far as it shows. */
export function unaccepted(
  context: string,
  { user }: ContextEntries,
  now = new Date(),
): Unaccepted {
  const again = `log in again, and try: kubectl --context ${shellWord(context)} auth whoami`;
  const { exec } = user as { exec?: { command?: string } };
  if (exec && !hasOwnLogin(user)) {
    const program = programName(exec.command ?? "");
    return {
      why: `the cluster does not accept what ${program} gives`,
      remedy: loginCommand(program),
    };
  }
  const lack = lackOf(user as Texts);
  if (lack !== undefined) return { why: lack, remedy: again };
  const ended = endOf(user as Texts);
  if (ended !== undefined && ended.at < now) {
    return { why: `its ${ended.what} ended at ${ended.at.toISOString()}`, remedy: again };
  }
  return { why: "its login has expired, or is not one of this cluster's", remedy: again };
}

/** Whether a user has a login that no plugin gives: kubectl then runs none. */
export function hasOwnLogin(user: Entry): boolean {
  const own = ["token", "tokenFile", "username", "client-certificate", "client-certificate-data"];
  return own.some((key) => Boolean(user[key]));
}

type Texts = Readonly<Record<string, string | undefined>>;

/** Names the part that a login lacks, so that the API server sees none. */
function lackOf(user: Texts): string | undefined {
  const has = (name: string): boolean => Boolean(user[name] ?? user[`${name}-data`]);
  const [certificate, key] = [has("client-certificate"), has("client-key")];
  if (user.token) return undefined;
  if (user.tokenFile) {
    return isEmpty(user.tokenFile) ? `its token file ${user.tokenFile} is empty` : undefined;
  }
  if (certificate !== key) {
    const [there, lacking] = certificate ? ["certificate", "key"] : ["key", "certificate"];
    return `it has a client-${there} and no client-${lacking}`;
  }
  if (certificate || has("auth-provider")) return undefined;
  return has("username")
    ? "its login is a name and a password, which Kubernetes has not taken since 1.19"
    : "the kubeconfig has no login for it";
}

function isEmpty(file: string): boolean {
  try {
    return readFileSync(file, "utf8").trim() === "";
  } catch {
    return false;
  }
}

/** The end of a login that says so itself. */
function endOf(user: Texts): { readonly what: string; readonly at: Date } | undefined {
  try {
    const token = user.tokenFile ? readFileSync(user.tokenFile, "utf8") : user.token;
    if (token) return { what: "token", at: endOfToken(token) };
    const { "client-certificate-data": data, "client-certificate": file } = user;
    if (!data && !file) return undefined;
    const pem = data ? Buffer.from(data, "base64") : readFileSync(file ?? "");
    return { what: "client certificate", at: new Date(new X509Certificate(pem).validTo) };
  } catch {
    // It is no certificate, or a token that says nothing.
    return undefined;
  }
}

function endOfToken(token: string): Date {
  const claims = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
  return new Date((JSON.parse(claims) as { exp: number }).exp * 1000);
}
