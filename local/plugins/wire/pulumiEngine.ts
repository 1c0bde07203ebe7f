import * as grpc from "@grpc/grpc-js";
import * as engineServiceModule from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import * as engineModule from "@pulumi/pulumi/proto/engine_pb.js";

import { commonJs } from "./commonJs.ts";
import { unlimited } from "./server.ts";

const { EngineClient } = commonJs(engineServiceModule);
const { LogRequest, LogSeverity } = commonJs(engineModule);

export type Severity = "debug" | "info" | "warning" | "error";

/** The engine that started this plugin, as far as a plugin talks to it. */
export class PulumiEngine {
  readonly #client: InstanceType<typeof EngineClient>;
  /** Calls are answered in any order, lines must not be: each waits for the one before. */
  #last: Promise<void> = Promise.resolve();

  constructor(address: string) {
    this.#client = new EngineClient(address, grpc.credentials.createInsecure(), unlimited);
  }

  /**
   * Shows a line beside the resource `urn`; lines are shown in the order of the calls.
   *
   * @param ephemeral shown while the resource is being worked on, not kept in the final diagnostics
   */
  log(
    urn: string,
    message: string,
    { severity = "info", ephemeral = true }: { severity?: Severity; ephemeral?: boolean } = {},
  ): void {
    this.#last = this.#last.then(() => this.#send(urn, message, severity, ephemeral));
  }

  /** Resolves when every line so far has been shown, or the engine is gone. */
  async flush(): Promise<void> {
    await this.#last;
  }

  #send(urn: string, message: string, severity: Severity, ephemeral: boolean): Promise<void> {
    const request = new LogRequest();
    request.setUrn(urn);
    request.setMessage(message);
    request.setSeverity(severities[severity]);
    request.setEphemeral(ephemeral);
    return new Promise((resolve) => {
      // A line that cannot be shown must not fail the work it tells about.
      this.#client.log(request, () => {
        resolve();
      });
    });
  }
}

const severities = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
} as const;
