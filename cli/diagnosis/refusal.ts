/** Refusal of a pod by the API server. */
export interface Refusal {
  readonly namespace: string;
  readonly role: "server" | "client";
  /** Pods that the workload lacks. */
  readonly missing: number;
  /** Words of the API server, in one line. */
  readonly message: string;
}
