import Docker from "dockerode";

/** Size of an image in bytes. */
export interface ImageSize {
  /** In a registry. */
  readonly compressed: number;
  /** On a node. */
  readonly unpacked: number;
}

interface Manifest {
  readonly layers: readonly { readonly size: number }[];
}

/** Reads the size of an image from Docker and from this machine's registry; `reference` names it by digest. */
export async function imageSize(reference: string, socketPath: string): Promise<ImageSize> {
  const { Size } = await new Docker({ socketPath }).getImage(reference).inspect();
  const [, host = "", name = "", digest = ""] = /^([^/]+)\/(.+)@(.+)$/.exec(reference) ?? [];
  const response = await fetch(`http://${host}/v2/${name}/manifests/${digest}`, {
    headers: { accept: "application/vnd.docker.distribution.manifest.v2+json" },
    signal: AbortSignal.timeout(10_000),
  });
  const { layers } = (await response.json()) as Manifest;
  return { unpacked: Size, compressed: layers.reduce((sum, { size }) => sum + size, 0) };
}
