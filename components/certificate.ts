/**
 * Makes a certificate authority, or a server's certificate. The identity component runs it with
 * KUBEFLOWER_CERTIFICATE = {name, days, hosts?} and, for a server, the authority on standard input.
 * Prints certificate and private key as JSON, and nothing else.
 *
 * This file cannot move: stacks hold its path, and another path would renew their certificates.
 */
import { text } from "node:stream/consumers";
import { COMMAND } from "../contract/variables.ts";
import { Authority, type KeyPair } from "../kube/authority.ts";

interface Order {
  /** Common name. */
  readonly name: string;
  /** Life of the certificate. */
  readonly days: number;
  /** DNS names of a server; undefined for an authority. */
  readonly hosts?: readonly string[];
}

async function make({ name, days, hosts }: Order): Promise<KeyPair> {
  if (hosts === undefined) return Authority.create(name, days);
  const authority = await Authority.from(JSON.parse(await text(process.stdin)) as KeyPair);
  return authority.issue({ user: name, hosts, end: "server" }, days);
}

const { certificate, key } = await make(
  JSON.parse(process.env[COMMAND.certificate] ?? "{}") as Order,
);
process.stdout.write(JSON.stringify({ certificate, key }));
