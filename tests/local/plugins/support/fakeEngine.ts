import * as grpc from "@grpc/grpc-js";
import * as serviceModule from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import * as emptyModule from "google-protobuf/google/protobuf/empty_pb.js";

import { commonJs } from "../../../../docker/commonJs.ts";

const { EngineService } = commonJs(serviceModule);
const { Empty } = commonJs(emptyModule);

/** An engine that only takes log lines and keeps them as `severity urn: message`. */
export class FakeEngine {
  readonly lines: string[] = [];
  readonly #server = new grpc.Server();
  address = "";

  static async start(): Promise<FakeEngine> {
    const engine = new FakeEngine();
    engine.#server.addService(EngineService, {
      log: (
        call: grpc.ServerUnaryCall<LogRequest, unknown>,
        done: (error: null, answer: unknown) => void,
      ) => {
        const { request } = call;
        const kind = request.getEphemeral() ? "live" : "kept";
        engine.lines.push(`${kind} ${request.getUrn()}: ${request.getMessage()}`);
        done(null, new Empty());
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      engine.#server.bindAsync(
        "127.0.0.1:0",
        grpc.ServerCredentials.createInsecure(),
        (error, bound) => {
          if (error) reject(error);
          else resolve(bound);
        },
      );
    });
    engine.address = `127.0.0.1:${port}`;
    return engine;
  }

  stop(): void {
    this.#server.forceShutdown();
  }
}
