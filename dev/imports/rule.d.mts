import type { Rule } from "eslint";

/** A folder of the project, or the file index.ts, and what its files may import. */
export interface Folder {
  /** Path from the project. */
  readonly folder: string;
  /** Description of its contents, in a few words. */
  readonly what: string;
  /** Other folders that its files may import; all stand further down in the list. */
  readonly imports: readonly string[];
}

/** Folders from the top to the bottom. */
export declare const FOLDERS: readonly Folder[];

/** The folder that a file belongs to: the longest one that holds it. */
export declare function folderOf(file: string): Folder | undefined;

/** ESLint rule: a file imports only its own folder and those that folders.json lists for it. */
export declare const rule: Rule.RuleModule;
