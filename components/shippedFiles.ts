import { readdirSync, statSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";

/** Names of files that hold keys, passwords or tokens by the habits of the tools that write them. */
const SECRET =
  /^(\.env(\..+)?|\.netrc|\.pypirc|\.npmrc|\.pgpass|\.htpasswd|\.git-credentials|\.dockercfg|kubeconfig|credentials(\.json|\.ya?ml)?|client_secret.*\.json|service[-_]account.*\.json|secrets?\.(json|ya?ml|toml|txt|env)|id_(rsa|dsa|ecdsa|ed25519)(_sk)?|.+\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg))$/i;

/** Folders that hold nothing but a tool's credentials and settings. */
const SECRET_FOLDER = /(^|\/)\.(aws|azure|ssh|kube|docker|gnupg|config\/gcloud)\//;

/** Templates, which are meant to be given away. */
const TEMPLATE = /\.(example|sample|template|dist|pub)$/i;

/** Size from which an app's files are told of, in bytes. */
const LARGE = 50e6;

/** Files that are named at most. */
const NAMED = 3;

/**
 * Says what an app's user might not want in an image that others can pull.
 * @param copy folder with the files as they come into the image
 * @param app the app's folder as users know it
 * @returns one sentence for all files that look like secrets, one for files that are large together
 */
export function shippedFileWarnings(copy: string, app: string): string[] {
  const files = readdirSync(copy, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({
      path: relative(copy, file).split(sep).join("/"),
      size: statSync(file).size,
    }));
  const ignoreFile = join(app, ".dockerignore");
  const warnings: string[] = [];
  const secrets = files.map(({ path }) => path).filter(looksSecret);
  if (secrets.length > 0) {
    const [names, verb] = [namesOf(secrets), secrets.length === 1 ? "looks" : "look"];
    warnings.push(
      `${names} of ${app} ${verb} like a secret — all who can pull the image can read it — keep it out: add its name to ${ignoreFile}`,
    );
  }
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (bytes > LARGE) {
    const bySize = [...files].sort((one, other) => other.size - one.size);
    const names = namesOf(bySize.map(({ path, size }) => `${path} (${sizeOf(size)})`));
    warnings.push(
      `${app} brings ${sizeOf(bytes)} into the image: ${names} — each node pulls all of it — keep out what the app does not read: add names to ${ignoreFile}`,
    );
  }
  return warnings;
}

function looksSecret(path: string): boolean {
  const name = posix.basename(path);
  return !TEMPLATE.test(name) && (SECRET.test(name) || SECRET_FOLDER.test(path));
}

function namesOf(names: readonly string[]): string {
  const more = names.length - NAMED;
  const first = [...names].slice(0, NAMED).join(", ");
  return more > 0 ? `${first} and ${String(more)} more` : first;
}

function sizeOf(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
