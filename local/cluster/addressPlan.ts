/** How many nodes a cluster's address plan has room for. */
export const MAX_NODES = 16;

/** The pods' and the Services' addresses; they exist only inside a cluster's own networks, so every cluster has the same. */
export const POD_RANGE = "10.244.0.0/16";
export const SERVICE_RANGE = "10.96.0.0/16";
export const DNS_ADDRESS = "10.96.0.10";
export const API_SERVICE_ADDRESS = "10.96.0.1";

/** The address plan of the `index`-th cluster of this machine, 1 … 250. */
export class AddressPlan {
  constructor(readonly index: number) {}

  /** The bridge of the cluster's nodes on the host. */
  get bridge(): string {
    return `kubeflower${this.index}`;
  }

  /** The host's address on the bridge. */
  get host(): string {
    return `10.90.${this.index}.1`;
  }

  get nodeRange(): string {
    return `10.90.${this.index}.0/24`;
  }

  /** Where the loopback registry listens, on the host and inside each node. */
  get registryPort(): number {
    return 5554 + this.index;
  }

  node(i: number): string {
    return `10.90.${this.index}.${10 + i}`;
  }

  /** The host's end of node i's link; 15 characters are the kernel's limit. */
  link(i: number): string {
    return `kf${this.index}n${i}`;
  }

  pods(i: number): string {
    return `10.244.${i}.0/24`;
  }
}
