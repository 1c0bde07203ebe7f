import { Duplex, PassThrough } from "node:stream";
// Deep imports: the package's index does not export the handler, and takes a second to load.
import { PortForward } from "@kubernetes/client-node/dist/portforward.js";
import { WebSocketHandler } from "@kubernetes/client-node/dist/web-socket-handler.js";
import type { KubeClient } from "./client.ts";
import { reasonOf, within } from "./errors.ts";
import { oneLine } from "./oneLine.ts";

/** A port of a pod. */
export interface PodPort {
  readonly namespace: string;
  /** Name of the pod. */
  readonly pod: string;
  readonly port: number;
}

interface Socket {
  close: () => void;
  onclose: unknown;
}

/**
 * Connects to a port of a pod, through the API server and the kubelet.
 * @param seconds deadline of opening the connection
 * @throws Error when it cannot be opened
 */
export async function connect(
  { config }: KubeClient,
  { namespace, pod, port }: PodPort,
  seconds = 10,
): Promise<Duplex> {
  const [input, output, refusal] = [new PassThrough(), new PassThrough(), new PassThrough()];
  // By default the handler uses process.stdin and stdout, and closes them when the peer asks for it.
  const handler = new WebSocketHandler(config, undefined, {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
  });
  const forward = new PortForward(config, true, handler);
  const opening = forward.portForward(namespace, pod, [port], output, refusal, input);
  const socket = await opened(opening as Promise<Socket>, seconds);
  const connection = Duplex.from({ readable: output, writable: input });
  connection.on("error", () => undefined);
  connection.on("close", () => {
    socket.close();
  });
  socket.onclose = () => output.end();
  refusal.on("data", (text: Buffer) => {
    if (text.length > 0) connection.destroy(new Error(oneLine(text.toString())));
  });
  return connection;
}

/** The socket; one that opens after the deadline is closed. */
async function opened(opening: Promise<Socket>, seconds: number): Promise<Socket> {
  try {
    return await within(opening, seconds, "no port-forward");
  } catch (fault) {
    opening.then(
      (socket) => {
        socket.close();
      },
      () => undefined,
    );
    throw new Error(reasonOf(fault), { cause: fault });
  }
}
