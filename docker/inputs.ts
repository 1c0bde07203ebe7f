/** Inputs of `docker:index/image:Image`, with secrets revealed. */
export interface Inputs {
  readonly imageName: string;
  readonly skipPush?: boolean;
  readonly buildOnPreview?: boolean;
  readonly registry?: {
    readonly server?: string;
    readonly username?: string;
    readonly password?: string;
  };
  readonly build?: {
    readonly context?: string;
    readonly dockerfile?: string;
    readonly args?: Readonly<Record<string, string>>;
    readonly target?: string;
    readonly platform?: string;
    readonly network?: string;
    readonly addHosts?: readonly string[];
    readonly builderVersion?: "BuilderV1" | "BuilderBuildKit";
    readonly cacheFrom?: { readonly images?: readonly string[] };
    /** Hash of the build's files; added by Check, not by the program. */
    readonly contextDigest?: string;
  };
}
