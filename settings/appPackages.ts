import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { satisfies } from "@renovatebot/pep440";
import { projectTable } from "./flowerApp.ts";

/** Versions of the built image's packages that apps ask for; tests/app/test_contract.py checks them. */
const IMAGE = JSON.parse(
  readFileSync(new URL("../contract/imagePackages.json", import.meta.url), "utf8"),
) as Readonly<Record<string, string>>;

/** The package whose private names the engine uses: only the image's version will do. */
const ENGINE = "flwr";

/** A requirement without a marker: name, extras, versions, and where it comes from. */
const REQUIREMENT = /^([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*(?:@\s*(.+)|\(?([^;@()]*)\)?)$/;

/** Facts about an app's packages, known before the image is built. */
export interface AppPackages {
  /** Ends of sentences about the app: why the image cannot be built. */
  readonly faults: readonly string[];
  /** Requirements that the image's packages do not satisfy. */
  readonly own: readonly string[];
  /** Whether the app trains with the image's torch, which knows no GPU. */
  readonly hasImageTorch: boolean;
}

/**
 * Reads the `dependencies` of the app in a folder that has a pyproject.toml. What is not known here
 * (markers, a lock file, what the packages need themselves) is left to the build.
 */
export function readAppPackages(folder: string): AppPackages {
  const table = projectTable(folder);
  const lock = join(folder, "requirements.lock");
  if (existsSync(lock)) {
    const torch = /^torch==([\w.+]+)/m.exec(readFileSync(lock, "utf8"))?.[1];
    return { faults: [], own: [], hasImageTorch: torch === IMAGE["torch"] };
  }
  const listed = Array.isArray(table["dependencies"]) ? table["dependencies"] : [];
  const read = listed.filter((text) => typeof text === "string").map(readRequirement);
  const dynamic = Array.isArray(table["dynamic"]) && table["dynamic"].includes("dependencies");
  return {
    faults: [...(dynamic ? [DYNAMIC] : []), ...read.flatMap(({ fault }) => fault ?? [])],
    own: read.flatMap(({ own }) => own ?? []),
    hasImageTorch: read.some(({ name, own }) => name === "torch" && own === undefined),
  };
}

const DYNAMIC =
  "has dynamic dependencies, which only a build backend knows; write the list, or a requirements.lock beside the pyproject.toml";

interface Read {
  readonly name?: string;
  readonly fault?: string;
  /** The requirement, if the image's version does not satisfy it. */
  readonly own?: string;
}

function readRequirement(text: string): Read {
  const [, found = "", , place, versions = ""] = REQUIREMENT.exec(text.trim()) ?? [];
  const name = found.toLowerCase().replaceAll(/[._]+/g, "-");
  if (place !== undefined) return { name, ...(unreachable(place) && { fault: faultOf(text) }) };
  const version = IMAGE[name];
  const specifier = versions.replaceAll(/\s/g, "");
  if (version === undefined || specifier === "" || satisfies(version, specifier)) return { name };
  if (name !== ENGINE) return { name, own: text };
  return { name, fault: `asks for ${text}, and the engine works with flwr ${version} alone` };
}

function unreachable(place: string): boolean {
  return /^(git|hg|svn|bzr)\+|^(file:|\.{0,2}\/)|\{/.test(place);
}

function faultOf(text: string): string {
  return `asks for ${JSON.stringify(text)}, which is not in the image's build; name a version in a registry, or a link to a wheel`;
}
