import type { Manifest } from "./manifest.ts";

/** What a scanner says of one object by one of its rules. */
export interface Finding {
  /** The object's title. */
  readonly object: string;
  readonly rule: string;
  readonly passed: boolean;
  /** What is wrong, where the rule's name alone does not say it. */
  readonly detail?: string;
}

/** A set of objects that belong together, and where their files are: `<title>.yaml`, one object in each. */
export interface Target {
  readonly objects: readonly Manifest[];
  readonly folder: string;
}

export interface Scanner {
  readonly name: string;
  /** What it looks at, for who reads the report. */
  readonly what: string;
  scan(target: Target): Promise<Finding[]>;
}
