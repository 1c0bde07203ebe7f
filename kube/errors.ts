/** A fault that waiting does not fix; its message is the sentence for the user. */
export class Hopeless extends Error {}

/** The API server refused a request. */
export class Refused extends Hopeless {
  constructor(
    /** HTTP status, such as 403. */
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** The kubeconfig does not have a context. */
export class NoContext extends Hopeless {
  /** @param remedy a command to try first, with a comma after it */
  constructor(
    readonly context: string,
    /** Contexts that the kubeconfig has. */
    readonly known: readonly string[],
    remedy = "",
    /** Files that were looked for, where none of them is there. */
    readonly absent: readonly string[] = [],
  ) {
    const list = known.join(", ") || "none";
    const where = absent.length === 0 ? "" : `, as no file is at ${absent.join(" or ")}`;
    const file = absent.length === 0 ? "" : "export KUBECONFIG=<file>, or ";
    super(
      `context ${context} is not in the kubeconfig — there are: ${list}${where} — ${remedy}${file}pulumi config set context <name>`,
    );
  }
}

/** The API server gave no answer: it is gone or restarting, or the network is down. */
export class Unreachable extends Error {
  /** @param remedy what to do, where more is known than that the cluster must be up */
  constructor(
    message: string,
    readonly remedy?: string,
  ) {
    super(message);
  }
}

/** An answer has not come by its deadline. */
export class TooLate extends Error {}

/** The reason of a failed connection in words, as Node.js reports it. */
export function reasonOf(fault: unknown): string {
  if (!(fault instanceof Error)) return messageOf(fault) ?? String(fault);
  // A host name with several addresses fails with one error for all of them, and no message.
  if (fault instanceof AggregateError) return reasonOf(fault.errors[0]);
  return fault.message || ((fault as NodeJS.ErrnoException).code ?? fault.name);
}

/** The message of an event, as a WebSocket reports that it was refused; undefined when it has none. */
function messageOf(event: unknown): string | undefined {
  const { message } = (event ?? {}) as { message?: unknown };
  return typeof message === "string" && message !== "" ? message : undefined;
}

/**
 * The promise's value.
 * @param what the missing answer in words, for the error
 * @throws TooLate when the promise has no value after so many seconds
 */
export async function within<T>(work: Promise<T>, seconds: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TooLate(`${what} within ${seconds} s`));
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
