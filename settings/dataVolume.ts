/** The place where a volume's files are. */
export type DataSource =
  /** One claim that exists, for all clients. */
  | { readonly kind: "claim"; readonly claim: string }
  /** Claims that exist, one a client, with the names that a StatefulSet's template gives. */
  | { readonly kind: "claims" }
  /** Claims that the StatefulSet makes, one a client. */
  | { readonly kind: "size"; readonly size: string; readonly storageClass: string | undefined }
  /** A folder of each node. */
  | { readonly kind: "hostPath"; readonly path: string }
  /** A folder of an NFS server. */
  | { readonly kind: "nfs"; readonly server: string; readonly path: string };

/** A volume of the clients' own data. */
export interface DataVolume {
  /** Name of the pod's volume, and of the claims' template where there is one. */
  readonly name: string;
  /** Folder in which each client finds it. */
  readonly path: string;
  readonly source: DataSource;
  /** Folder inside the volume, with {partition} for the client's own; undefined: all of it. */
  readonly subPath: string | undefined;
  readonly readOnly: boolean;
}

const LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
/** Part of a path: not `.` or `..`, and nothing that Kubernetes or a shell would expand. */
const SEGMENT = String.raw`(?!\.{1,2}(/|$))(\{partition\}|[^/:$\\{}])+`;

/** Patterns of what a volume has. */
export const PATTERNS = {
  /** Absolute path. */
  folder: new RegExp(`^(/+|(/+${SEGMENT})+/*)$`),
  /** Path below a volume. */
  below: new RegExp(`^${SEGMENT}(/+${SEGMENT})*/*$`),
  /** Name of a StorageClass. */
  name: new RegExp(`^${LABEL}(\\.${LABEL})*$`),
  /** Name of a claim, or of one for each client. */
  claim: /^(?=[a-z0-9])([-a-z0-9.]|\{partition\})+$/,
  /** Name of a pod's volume. */
  label: new RegExp(`^${LABEL}$`),
  /** Name or address of an NFS server. */
  host: /^([A-Za-z0-9.-]+|\[?[\da-fA-F:]+\]?)$/,
} as const;
