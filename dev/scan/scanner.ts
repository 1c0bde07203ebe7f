import type { Manifest } from "./manifest.ts";

/** Result of one rule of a scanner on one object. */
export interface Finding {
  /** Title of the object. */
  readonly object: string;
  /** Name of the rule, as it is written in ignores. */
  readonly rule: string;
  readonly passed: boolean;
  /** Explanation where the rule's name is not enough. @default none */
  readonly detail?: string;
}

/** Objects that belong together. */
export interface Target {
  readonly objects: readonly Manifest[];
  /** Folder with a file `<title>.yaml` for each object. */
  readonly folder: string;
}

/** A program that checks Kubernetes objects. */
export interface Scanner {
  readonly name: string;
  /** Description of its checks, for the page. */
  readonly what: string;
  scan(target: Target): Promise<Finding[]>;
}
