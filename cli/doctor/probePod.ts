import { setTimeout as sleep } from "node:timers/promises";

import type { KubeClient } from "../../kube/client.ts";
import { Refused, reasonOf } from "../../kube/errors.ts";
import { oneLine } from "../../kube/oneLine.ts";
import type { Pod } from "../diagnosis/objects.ts";
import { Fault } from "../fault.ts";

/** Addresses that a probe has reached. */
export interface Reached {
  readonly target: boolean;
  /** Whether it has reached the API server, which no policy of the stack keeps it from. */
  readonly control: boolean;
}

/** Order of a probe. */
export interface ProbeOrder {
  /** Image with python3: the server's, which its node has. */
  readonly image: string;
  readonly node: string | undefined;
  readonly target: { readonly host: string; readonly port: number };
  /** Prints a line for who waits. */
  readonly say: (line: string) => void;
}

/** Label of the namespaces that probes make. */
const LABEL = "kubeflower.io/doctor";
/** Seconds until the probe must have ended, and of one request. */
const SECONDS = { all: 60, request: 5 } as const;
/** Age in seconds of a namespace that a killed doctor has left behind. */
const LEFT = 180;
/** Attempts to remove the namespace. */
const TRIES = 3;
/** Exit codes: 0 neither, bit 1 the target, bit 2 the control. */
const SCRIPT = `
import os, socket, sys
def reach(host, port):
    try:
        socket.create_connection((host, int(port)), 3).close()
    except OSError:
        return False
    return True
env = os.environ
control = reach(env["KUBERNETES_SERVICE_HOST"], env["KUBERNETES_SERVICE_PORT"])
sys.exit(reach(*sys.argv[1:]) + 2 * control)
`;

/** Pod in a namespace of its own that tries to reach an address. All it makes, it removes. */
export class ProbePod {
  readonly #cluster: KubeClient;
  readonly #order: ProbeOrder;
  readonly #namespace = `kubeflower-doctor-${Date.now().toString(36)}-${process.pid}`;
  readonly #stop = new AbortController();
  readonly #end: number;
  /** Whether the namespace may be there. */
  #made = false;

  constructor(cluster: KubeClient, order: ProbeOrder, seconds: number = SECONDS.all) {
    this.#cluster = cluster;
    this.#order = order;
    this.#end = Date.now() + seconds * 1000;
  }

  /**
   * Makes the pod, waits for its end, and removes it, also when the process is told to end meanwhile.
   * @returns what it has reached, or why it could not try
   * @throws Fault when the process was told to end, or what was made is still there
   */
  async reach(): Promise<Reached | string> {
    const stop = (): void => {
      this.#stop.abort();
    };
    process.on("SIGINT", stop).on("SIGTERM", stop);
    try {
      await this.#removeLeft();
      return await this.#try();
    } catch (error) {
      if (this.#stop.signal.aborted) throw interrupted();
      return oneLine(reasonOf(error), 200);
    } finally {
      await this.#clear();
      process.off("SIGINT", stop).off("SIGTERM", stop);
    }
  }

  async #try(): Promise<Reached | string> {
    await this.#createNamespace();
    this.#order.say(`the probe runs in namespace ${this.#namespace}, which is removed again`);
    await this.#createPod();
    for (;;) {
      const pod = (await this.#cluster.get<Pod>(`${this.#pods}/probe`, SECONDS.request)).object;
      const [container] = pod.status?.containerStatuses ?? [];
      const code = container?.state?.terminated?.exitCode;
      if (code !== undefined) {
        return code > 3 ? `it ended with ${code}` : { target: code % 2 === 1, control: code >= 2 };
      }
      const { reason = "", message = "" } = container?.state?.waiting ?? {};
      if (/^(Err|Invalid|ImagePull|Create)/.test(reason)) {
        return oneLine(`${reason} ${message}`, 200);
      }
      if (Date.now() > this.#end) return `it has not ended within ${SECONDS.all} s`;
      await this.#pause();
    }
  }

  async #createNamespace(): Promise<void> {
    const metadata = { name: this.#namespace, labels: { [LABEL]: "probe" } };
    // An answer may be lost.
    this.#made = true;
    try {
      await this.#cluster.post("/api/v1/namespaces", { metadata }, SECONDS.request);
    } catch (error) {
      this.#made = !(error instanceof Refused);
      throw error;
    }
  }

  /** A new namespace takes no pods until it has its ServiceAccount. */
  async #createPod(): Promise<void> {
    for (;;) {
      try {
        await this.#cluster.post(this.#pods, podOf(this.#order), SECONDS.request);
        return;
      } catch (error) {
        const early =
          error instanceof Refused && error.message.includes("looking up service account");
        if (!early || Date.now() > this.#end) throw error;
        await this.#pause();
      }
    }
  }

  get #pods(): string {
    return `/api/v1/namespaces/${this.#namespace}/pods`;
  }

  #pause(): Promise<void> {
    return sleep(300, undefined, { signal: this.#stop.signal });
  }

  #remove(namespace: string): Promise<void> {
    return this.#cluster.delete(`/api/v1/namespaces/${namespace}`, SECONDS.request);
  }

  /** Removes what was made. */
  async #clear(): Promise<void> {
    for (let tries = 1; this.#made; tries += 1) {
      try {
        await this.#remove(this.#namespace);
        this.#made = false;
      } catch (error) {
        if (tries >= TRIES) throw leftOver(this.#namespace, error);
      }
    }
  }

  /** Removes what an earlier probe has left that was killed. */
  async #removeLeft(): Promise<void> {
    const path = `/api/v1/namespaces?labelSelector=${encodeURIComponent(LABEL)}`;
    const { object, now } = await this.#cluster.get<{ items: Pick<Pod, "metadata">[] }>(
      path,
      SECONDS.request,
    );
    const left = object.items.filter(
      ({ metadata }) => now - Date.parse(metadata.creationTimestamp ?? "") > LEFT * 1000,
    );
    for (const { metadata } of left) await this.#remove(metadata.name);
  }
}

function leftOver(namespace: string, error: unknown): Fault {
  return new Fault(
    "failed",
    `the probe's namespace ${namespace} is still there: ${oneLine(reasonOf(error), 200)}`,
    `kubectl delete namespace ${namespace}`,
  );
}

function interrupted(): Fault {
  return new Fault(
    "interrupted",
    "the probe was stopped, and what it had made is removed",
    "run it again",
  );
}

function podOf({ image, node, target }: ProbeOrder): object {
  return {
    metadata: { name: "probe", labels: { [LABEL]: "probe" } },
    spec: {
      restartPolicy: "Never",
      activeDeadlineSeconds: SECONDS.all,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      // The server's node has the image, and what taints it has is no matter here.
      nodeName: node,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "probe",
          image,
          imagePullPolicy: "IfNotPresent",
          command: ["python3", "-c", SCRIPT, target.host, String(target.port)],
          resources: {
            requests: { cpu: "10m", memory: "32Mi" },
            limits: { cpu: "500m", memory: "64Mi" },
          },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  };
}
