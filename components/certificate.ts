/**
 * Makes a certificate authority, or a server's certificate of one. Run by the identity component,
 * with KUBEFLOWER_CERTIFICATE = {name, days, hosts?} and, for a server's, the authority on standard
 * input; prints certificate and private key as JSON and nothing else.
 */
import { text } from "node:stream/consumers";
import { Authority, type KeyPair } from "./authority.ts";

interface Order {
  readonly name: string;
  readonly days: number;
  readonly hosts?: readonly string[];
}

async function make({ name, days, hosts }: Order): Promise<KeyPair> {
  if (hosts === undefined) return Authority.create(name, days);
  const authority = await Authority.from(JSON.parse(await text(process.stdin)) as KeyPair);
  return authority.issue({ user: name, hosts, end: "server" }, days);
}

const { certificate, key } = await make(
  JSON.parse(process.env.KUBEFLOWER_CERTIFICATE ?? "{}") as Order,
);
process.stdout.write(JSON.stringify({ certificate, key }));
