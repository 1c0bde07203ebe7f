import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

import { Sandbox } from "../../../local/machine/sandbox.ts";

/** Name and password that {@link LoginRegistry} takes. */
export const LOGIN = { name: "me", password: "open-sesame" };

const PROGRAM = `
const { createServer, request } = require("node:http");
const [port, behind, login] = process.argv.slice(1);
const wanted = "Basic " + Buffer.from(login).toString("base64");
createServer((asked, answer) => {
  if (asked.headers.authorization !== wanted) {
    answer.writeHead(401, { "www-authenticate": 'Basic realm="registry"' }).end();
    return;
  }
  const { method, url, headers: { authorization, ...headers } } = asked;
  const passed = request({ host: "127.0.0.1", port: behind, method, path: url, headers }, (reply) => {
    answer.writeHead(reply.statusCode, reply.headers);
    reply.pipe(answer);
  });
  passed.on("error", () => answer.destroy());
  asked.pipe(passed);
}).listen(Number(port), "127.0.0.1", () => console.log("listens"));`;

/** The registry of a node behind another port, where it asks for a login. */
export class LoginRegistry {
  private constructor(private readonly process: ChildProcess) {}

  /**
   * Starts it in the network of a node.
   * @param node name of the node among the sandboxes
   * @param port port of localhost, which container runtimes reach without TLS
   * @param behind port of the node's registry
   */
  static async start(node: string, port: number, behind: number): Promise<LoginRegistry> {
    const pid = await new Sandbox(node).networkOwner();
    const login = `${LOGIN.name}:${LOGIN.password}`;
    const network = ["--net", `--target=${String(pid)}`, "--", process.execPath];
    const program = ["-e", PROGRAM, String(port), String(behind), login];
    const child = spawn("nsenter", [...network, ...program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    return new LoginRegistry(child);
  }

  /** Ends it. */
  stop(): void {
    this.process.kill();
  }
}
