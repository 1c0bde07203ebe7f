import Docker from "dockerode";

/** The image's bytes: as a registry has it, and unpacked on a node. */
export interface ImageSize {
  readonly compressed: number;
  readonly unpacked: number;
}

interface Manifest {
  readonly layers: readonly { readonly size: number }[];
}

/** Size of an image that was pushed to a registry of this machine, named by digest. */
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
