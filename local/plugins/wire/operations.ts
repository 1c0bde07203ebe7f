import type { Operation } from "./provider.ts";

/** The fields that requests of create, update and delete share. */
export interface OperationRequest {
  /** URN of the resource. */
  getUrn(): string;
  /** Time limit in seconds; 0 = none. */
  getTimeout(): number;
  /** Whether nothing may be changed; delete has no previews. */
  getPreview?(): boolean;
}

/** The part of a gRPC call that reports its cancellation. */
export interface Cancellable {
  on(event: "cancelled", listener: () => void): unknown;
}

/** The operations that run now: cancelled one by one or all at once. */
export class Operations {
  readonly #running = new Set<AbortController>();

  /** Number of operations that run. */
  get count(): number {
    return this.#running.size;
  }

  /** Cancels all operations. */
  cancel(): void {
    for (const controller of this.#running) controller.abort(new Error("cancelled"));
  }

  /** Runs one operation; its signal fires on cancellation and at the resource's own time limit. */
  async run<Result>(
    request: OperationRequest,
    call: Cancellable,
    work: (operation: Operation) => Promise<Result>,
  ): Promise<Result> {
    const controller = new AbortController();
    this.#running.add(controller);
    call.on("cancelled", () => {
      controller.abort(new Error("cancelled"));
    });
    const timer = limit(controller, request.getTimeout());
    try {
      return await work({
        urn: request.getUrn(),
        preview: request.getPreview?.() ?? false,
        signal: controller.signal,
      });
    } finally {
      clearTimeout(timer);
      this.#running.delete(controller);
    }
  }
}

/** Aborts after so many seconds; never when they are 0. */
function limit(controller: AbortController, seconds: number): NodeJS.Timeout | undefined {
  if (seconds <= 0) return undefined;
  return setTimeout(() => {
    controller.abort(new Error(`not done within ${seconds} s, the resource's customTimeouts`));
  }, seconds * 1000);
}
