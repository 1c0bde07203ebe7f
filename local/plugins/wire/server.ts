import * as grpc from "@grpc/grpc-js";

/** A plugin that serves gRPC calls of the engine that started it. */
export interface Plugin {
  /** Adds the plugin's services. */
  register(server: grpc.Server): void;
  /** Ends what the plugin has started; called once, before the process ends. */
  stop(): Promise<void>;
}

/** Options without gRPC's limits of size: messages carry whole resources. */
export const UNLIMITED = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
};

/**
 * Serves a plugin on a loopback port and writes that port as the first line of stdout, as the engine expects.
 *
 * The process ends at SIGINT, at SIGTERM, and when its stdin ends. The engine keeps that pipe open as long as it lives, so
 * a plugin never outlives a killed engine.
 */
export async function serve(plugin: Plugin): Promise<void> {
  const server = new grpc.Server(UNLIMITED);
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

/** Makes a gRPC handler of an async function; an error becomes the call's error message. */
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

/** Makes a gRPC status of an error: with its own code, else `UNKNOWN`. */
export function serviceError(error: unknown): Partial<grpc.StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: grpc.status }).code;
  return {
    code: typeof code === "number" ? code : grpc.status.UNKNOWN,
    details: message,
  };
}
