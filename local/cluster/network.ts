import { existsSync } from "node:fs";

import { MAX_NODES, POD_RANGE, SERVICE_RANGE, type AddressPlan } from "./addressPlan.ts";
import { command } from "../tools/command.ts";

/** The host's side of a cluster's network: a bridge, and a link for each node. It uses the `ip` of the Debian tree. */
export class HostNetwork {
  /** @param root folder of the Debian tree */
  constructor(
    readonly root: string,
    readonly plan: AddressPlan,
  ) {}

  /** Makes the bridge, and node i's link; the link's inner end becomes eth0 in the network of process `pid`. */
  async connect(i: number, pid: number): Promise<void> {
    const { bridge, host } = this.plan;
    if (!exists(bridge)) {
      await this.#ip("link", "add", bridge, "type", "bridge");
      await this.#ip("addr", "add", `${host}/24`, "dev", bridge);
      await this.#ip("link", "set", bridge, "up");
    }
    const link = this.plan.link(i);
    await this.#delete(link);
    const peer = ["type", "veth", "peer", "name", "eth0", "netns", String(pid)];
    await this.#ip("link", "add", link, "master", bridge, ...peer);
    await this.#ip("link", "set", link, "up");
  }

  /** Removes the bridge, and links that outlived their nodes. */
  async remove(): Promise<void> {
    for (let i = 0; i < MAX_NODES; i++) await this.#delete(this.plan.link(i));
    await this.#delete(this.plan.bridge);
  }

  /** Removes a link that is there. The kernel removes a node's, too, some time after the node has ended. */
  async #delete(link: string): Promise<void> {
    if (!exists(link)) return;
    await this.#ip("link", "delete", link).catch((error: unknown) => {
      if (exists(link)) throw error;
    });
  }

  /** Runs `ip` in the tree, with a private /proc: `ip` finds a process's network there, and the tree has none. */
  async #ip(...args: string[]): Promise<void> {
    const script = 'mount -t proc proc "$0/proc" && exec chroot "$0" ip "$@"';
    await command("unshare", ["--mount", "sh", "-c", script, this.root, ...args]);
  }
}

function exists(link: string): boolean {
  return existsSync(`/sys/class/net/${link}`);
}

/** Shell lines that set up the network inside node i, once the host has given it eth0. */
export function nodeNetwork(plan: AddressPlan, i: number): string {
  const routes = Array.from({ length: MAX_NODES }, (_, j) => j)
    .filter((j) => j !== i)
    .map((j) => `ip route add ${plan.pods(j)} via ${plan.node(j)}`);
  return [
    "ip link set lo up",
    "n=0; until ip link show eth0 >/dev/null 2>&1; do n=$((n+1)); [ $n -lt 500 ]; sleep 0.02; done",
    `ip addr add ${plan.node(i)}/24 dev eth0`,
    "ip link set eth0 up",
    // Nodes reach only the host; the kernel needs this route before it translates a Service's address.
    `ip route add ${SERVICE_RANGE} via ${plan.host}`,
    ...routes,
    "echo 1 >/proc/sys/net/ipv4/ip_forward",
    `nft add table ip kubeflower`,
    `nft 'add chain ip kubeflower post { type nat hook postrouting priority 101; }'`,
    `nft add rule ip kubeflower post ip saddr ${POD_RANGE} ip daddr != { ${POD_RANGE}, ${plan.nodeRange} } masquerade`,
    GUARD,
  ].join("\n");
}

/**
 * Blocks new connections from and to a pod until policy-guard has released its address. IPv6 stays blocked: each pod has a
 * link-local address as well, and kube-router's rules cover IPv4 only.
 */
const GUARD = `nft -f - <<'END'
table inet guard {
  set released { type ipv4_addr; }
  chain input {
    type filter hook input priority filter - 10;
    iifname "veth*" meta nfproto ipv6 drop
    ct state established,related accept
    iifname "veth*" ip saddr != @released drop
  }
  chain forward {
    type filter hook forward priority filter - 10;
    ct state established,related accept
    iifname "veth*" ip saddr != @released drop
    oifname "veth*" ip daddr != @released drop
  }
}
END`;
