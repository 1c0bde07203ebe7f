/** Most nodes that a cluster can have. */
export const MAX_NODES = 16;

/** Addresses of pods. They exist only inside a cluster's networks, so all clusters have the same. */
export const POD_RANGE = "10.244.0.0/16";
/** Addresses of Services, the same in all clusters. */
export const SERVICE_RANGE = "10.96.0.0/16";
/** Address of the Service of DNS. */
export const DNS_ADDRESS = "10.96.0.10";
/** Address of the Service of the API server. */
export const API_SERVICE_ADDRESS = "10.96.0.1";

/** Addresses of the hosts and nodes of all clusters of this machine. */
export const ALL_NODES = "10.90.0.0/16";

/** Addresses of one of this machine's clusters. */
export class AddressPlan {
  /** @param index number of the cluster, 1 … 250 */
  constructor(readonly index: number) {}

  /** Name of the host's bridge that joins the nodes. */
  get bridge(): string {
    return `kubeflower${this.index}`;
  }

  /** The host's address on the bridge. */
  get host(): string {
    return `10.90.${this.index}.1`;
  }

  /** Addresses of host and nodes. */
  get nodeRange(): string {
    return `10.90.${this.index}.0/24`;
  }

  /** Port of the registry on 127.0.0.1, on the host and inside each node. */
  get registryPort(): number {
    return 5554 + this.index;
  }

  /** Address of node i. */
  node(i: number): string {
    return `10.90.${this.index}.${10 + i}`;
  }

  /** Name of the host's end of node i's link; the kernel allows 15 characters. */
  link(i: number): string {
    return `kf${this.index}n${i}`;
  }

  /** Addresses of the pods on node i. */
  pods(i: number): string {
    return `10.244.${i}.0/24`;
  }
}
