import * as grpc from "@grpc/grpc-js";
import * as analyzerServiceModule from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import * as analyzerModule from "@pulumi/pulumi/proto/analyzer_pb.js";

import { commonJs } from "../../../docker/commonJs.ts";
import { Deferred } from "../wire/deferred.ts";
import { serviceError, UNLIMITED } from "../wire/server.ts";

const { AnalyzerService } = commonJs(analyzerServiceModule);
const { AnalyzerStackConfigureRequest } = commonJs(analyzerModule);

type Variables = Record<string, string>;

/**
 * Stands between the engine and a policy pack: takes the stack's settings from the engine before the pack is started,
 * then passes every call on, byte for byte.
 */
export class PolicyProxy {
  readonly #server = new grpc.Server(UNLIMITED);
  readonly #variables = new Deferred<Variables>();
  readonly #pack = new Deferred<grpc.Client>();
  #configuration: Buffer | undefined;
  /** Port that the engine connects to. */
  port = 0;

  static async start(): Promise<PolicyProxy> {
    const proxy = new PolicyProxy();
    proxy.#server.addService(rawService, proxy.#handlers());
    proxy.port = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      proxy.#server.bindAsync("127.0.0.1:0", credentials, (error, port) => {
        if (error) reject(error);
        else resolve(port);
      });
    });
    return proxy;
  }

  /** The stack's settings as variables of the pack's runner; none when the engine runs the pack without a stack. */
  async stackVariables(signal: AbortSignal): Promise<Variables> {
    return Promise.race([
      this.#variables.promise,
      new Promise<never>((_resolve, reject) => {
        const cancel = (): void => {
          reject(new Error("cancelled"));
        };
        if (signal.aborted) cancel();
        signal.addEventListener("abort", cancel);
      }),
    ]);
  }

  /** Passes calls on to the pack at this port. */
  attach(port: number): void {
    const client = new grpc.Client(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
      UNLIMITED,
    );
    const configured = this.#configuration
      ? forward(client, rawService["configureStack"]?.path ?? "", this.#configuration).catch(
          (error: unknown) => {
            // Older packs lack this call; they read their environment instead.
            if ((error as grpc.ServiceError).code !== grpc.status.UNIMPLEMENTED) throw error;
          },
        )
      : Promise.resolve();
    configured.then(
      () => {
        this.#pack.resolve(client);
      },
      (error: unknown) => {
        this.fail(error);
      },
    );
  }

  /** Fails every call that waits for the pack. */
  fail(error: unknown): void {
    this.#pack.reject(error);
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  #handlers(): grpc.UntypedServiceImplementation {
    const passing = (path: string): grpc.handleUnaryCall<Buffer, Buffer> => {
      return (call, callback) => {
        // To publish a pack the engine runs it without a stack, and then sends no settings.
        this.#variables.resolve({});
        this.#pack.promise
          .then((pack) => forward(pack, path, call.request))
          .then(
            (answer) => {
              callback(null, answer);
            },
            (error: unknown) => {
              callback(serviceError(error));
            },
          );
      };
    };
    const handlers: grpc.UntypedServiceImplementation = Object.fromEntries(
      Object.entries(rawService).map(([name, { path }]) => [name, passing(path)]),
    );
    const empty: grpc.handleUnaryCall<Buffer, Buffer> = (_call, callback) => {
      callback(null, Buffer.alloc(0));
    };
    const configure: grpc.handleUnaryCall<Buffer, Buffer> = (call, callback) => {
      this.#configuration = call.request;
      this.#variables.resolve(variables(call.request));
      callback(null, Buffer.alloc(0));
    };
    return { ...handlers, handshake: empty, configureStack: configure };
  }
}

/** The Analyzer service with its messages left as bytes. */
const rawService: grpc.ServiceDefinition = Object.fromEntries(
  Object.entries(AnalyzerService as unknown as grpc.ServiceDefinition).map(([name, method]) => [
    name,
    {
      ...method,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  ]),
);

function same(bytes: Buffer): Buffer {
  return bytes;
}

function forward(client: grpc.Client, path: string, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, same, same, request, (error, answer) => {
      if (error) reject(error);
      else resolve(answer ?? Buffer.alloc(0));
    });
  });
}

function variables(request: Buffer): Variables {
  const message = AnalyzerStackConfigureRequest.deserializeBinary(new Uint8Array(request));
  return {
    PULUMI_NODEJS_ORGANIZATION: message.getOrganization(),
    PULUMI_NODEJS_PROJECT: message.getProject(),
    PULUMI_NODEJS_STACK: message.getStack(),
    PULUMI_NODEJS_DRY_RUN: String(message.getDryRun()),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(message.getConfigMap().getEntryList())),
  };
}
