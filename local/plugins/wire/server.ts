import * as grpc from "@grpc/grpc-js";

/** What a plugin serves to the engine that started it. */
export interface Plugin {
  /** Adds the plugin's services. */
  register(server: grpc.Server): void;
  /** Ends whatever the plugin has started; called once, when the plugin is about to end. */
  stop(): Promise<void>;
}

/** Messages between engine and plugins carry whole resources: no limit of gRPC's own. */
export const unlimited = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
};

/**
 * Serves a plugin on a loopback port and writes that port as the first line of stdout, as the engine expects.
 *
 * The process ends at SIGINT or SIGTERM, and when its stdin ends: the engine keeps that pipe open as long as it lives,
 * so a plugin never outlives a killed engine.
 */
export async function serve(plugin: Plugin): Promise<void> {
  const server = new grpc.Server(unlimited);
  plugin.register(server);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  process.stdout.write(`${port}\n`);

  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    void plugin.stop().finally(() => process.exit(0));
  };
  process.on("SIGINT", end).on("SIGTERM", end);
  process.stdin.on("end", end).on("error", end).resume();
}

/** Answers a unary call with what the handler's promise gives; an error becomes the call's error message. */
export function unary<Request, Response>(
  handler: (
    request: Request,
    call: grpc.ServerUnaryCall<Request, Response>,
  ) => Promise<Response> | Response,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handler(call.request, call))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback(serviceError(error));
        },
      );
  };
}

/** A gRPC status for an error: its own code when it has one, else `UNKNOWN` with its message. */
export function serviceError(error: unknown): Partial<grpc.StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: grpc.status }).code;
  return {
    code: typeof code === "number" ? code : grpc.status.UNKNOWN,
    details: message,
  };
}
