import { createServer, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

/** Proxy for HTTPS: it opens the connections that CONNECT asks for. */
export class ConnectProxy {
  /** `host:port` of each connection that was asked for. */
  readonly reached: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** @param target address of every connection; by default the one that is asked for */
  private constructor(target?: { readonly host: string; readonly port: number }) {
    this.#server = createServer().on("connect", ({ url = "" }, socket: Socket) => {
      this.reached.push(url);
      const { hostname, port } = new URL(`tcp://${url}`);
      const onward = connect(target ?? { host: hostname, port: Number(port) }, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      for (const [end, other] of [
        [socket, onward],
        [onward, socket],
      ] as const) {
        this.#sockets.add(end);
        end.on("error", () => other.destroy()).on("close", () => this.#sockets.delete(end));
      }
    });
  }

  static async start(target?: { host: string; port: number }): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(target);
    await new Promise<void>((listens) => proxy.#server.listen(0, "127.0.0.1", listens));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((ends) => this.#server.close(ends));
  }
}
