/** State of what a check looks at. */
export type State = "ok" | "warning" | "fault" | "unchecked";

/** Outcome of one check. */
export interface Finding {
  readonly state: State;
  /** One true sentence: what was found, with its value; of an unchecked one, why. */
  readonly text: string;
  /** Remedy as a command to type; null where there is nothing to do. */
  readonly remedy: string | null;
  /** Whether the cluster was not reached, or did not let this user in. @default false */
  readonly unreached?: boolean;
}

/** Reports that all is well. */
export function ok(text: string): Finding {
  return { state: "ok", text, remedy: null };
}

/** Reports what may harm later. */
export function warning(text: string, remedy: string): Finding {
  return { state: "warning", text, remedy };
}

/** Reports what keeps a federation from working. */
export function fault(text: string, remedy: string): Finding {
  return { state: "fault", text, remedy };
}

/** Reports a cause in one sentence, whose last part is the remedy: wrong — allowed — remedy. */
export function faultBy(cause: string): Finding {
  const parts = cause.split(" — ");
  const remedy = parts.length > 1 ? parts.pop() : undefined;
  return fault(parts.join("; "), remedy ?? "kubeflower status");
}

/** Reports why something is not known. */
export function unchecked(text: string, remedy: string | null = null): Finding {
  return { state: "unchecked", text, remedy };
}
