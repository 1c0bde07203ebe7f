import { PROXIES } from "../settings/buildArgs.ts";

/** Arguments of a build, by name. */
export type BuildArgs = Readonly<Record<string, string>>;

/** Proxies that are taken from the environment. */
const FROM_ENVIRONMENT: readonly string[] = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

/**
 * Arguments of the image's build: the given ones, and the proxies of the environment. A proxy gets its
 * name in small letters too, as programs read one or the other; one that is given as "" is none.
 */
export function completeBuildArgs(
  given: BuildArgs,
  environment: Readonly<Record<string, string | undefined>>,
): BuildArgs {
  const proxies = PROXIES.flatMap((name) => {
    const small = name.toLowerCase();
    const own = FROM_ENVIRONMENT.includes(name) ? (environment[small] ?? environment[name]) : "";
    const value = given[small] ?? given[name] ?? own ?? "";
    return [name, small].map((key): [string, string] => [key, value]);
  });
  const all = { ...given, ...Object.fromEntries(proxies) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
}
