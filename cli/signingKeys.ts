import type { KubeClient } from "../kube/client.ts";
import type { ServerPort } from "./serverPort.ts";

const SECONDS = 5;

/**
 * Reads the keys that the cluster signs tokens with, and gives them to the server's pod.
 * @returns whether the server has taken them; false also when they cannot be read: the run is then
 *   interrupted, and goes on by `pulumi up`
 */
export async function giveKeys(cluster: KubeClient, port: ServerPort): Promise<boolean> {
  try {
    const { object } = await cluster.get<object>("/openid/v1/jwks", SECONDS);
    const pod = await port.pod();
    if (pod === undefined) return false;
    const request = { pod, method: "POST", path: "/keys", seconds: SECONDS } as const;
    const { response, close } = await port.ask({ ...request, body: JSON.stringify(object) });
    close();
    return response.statusCode === 202;
  } catch {
    return false;
  }
}
