import * as grpc from "@grpc/grpc-js";
import * as engineServiceModule from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import * as engineModule from "@pulumi/pulumi/proto/engine_pb.js";

import { commonJs } from "../../../docker/commonJs.ts";
import { UNLIMITED } from "./server.ts";

const { EngineClient } = commonJs(engineServiceModule);
const { LogRequest, LogSeverity } = commonJs(engineModule);

/** The Pulumi engine that started this plugin. */
export class PulumiEngine {
  readonly #client: InstanceType<typeof EngineClient>;
  /** The last line's call: gRPC may answer calls in any order, so each line waits for the one before. */
  #last: Promise<void> = Promise.resolve();

  constructor(address: string) {
    this.#client = new EngineClient(address, grpc.credentials.createInsecure(), UNLIMITED);
  }

  /**
   * Shows a line beside the resource `urn`; lines are shown in the order of the calls.
   *
   * @param ephemeral whether the line disappears when the resource is done. @default true
   */
  log(urn: string, message: string, { ephemeral = true }: { ephemeral?: boolean } = {}): void {
    this.#last = this.#last.then(() => this.#send(urn, message, ephemeral));
  }

  /** Resolves when every line so far has been shown, or the engine is gone. */
  async flush(): Promise<void> {
    await this.#last;
  }

  #send(urn: string, message: string, ephemeral: boolean): Promise<void> {
    const request = new LogRequest();
    request.setUrn(urn);
    request.setMessage(message);
    request.setSeverity(LogSeverity.INFO);
    request.setEphemeral(ephemeral);
    return new Promise((resolve) => {
      // A line that cannot be shown must not fail the operation.
      this.#client.log(request, () => {
        resolve();
      });
    });
  }
}
