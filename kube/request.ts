import http from "node:http";
import https from "node:https";

/** An answer of any status code. */
export interface Response {
  readonly code: number;
  readonly body: string;
  /** The server's clock, in milliseconds since 1970. */
  readonly now: number;
  /** Seconds that the server asks for before the next try. */
  readonly retryAfter: number;
}

/** Whether a request may be sent again later; one that makes an object only if nothing was begun. */
export function isBusy(code: number, method: string): boolean {
  return code === 429 || (method !== "POST" && [502, 503, 504].includes(code));
}

/** Sends one request, and reads its answer whole. */
export function send(
  url: string,
  options: https.RequestOptions,
  seconds: number,
  content: string | undefined,
): Promise<Response> {
  const { request } = url.startsWith("http:") ? http : https;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(seconds * 1000);
    request(url, { ...options, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        const date = Date.parse(response.headers.date ?? "");
        const now = Number.isNaN(date) ? Date.now() : date;
        const retryAfter = Number(response.headers["retry-after"]) || 0;
        resolve({ code: response.statusCode ?? 0, body, now, retryAfter });
      });
    })
      .on("error", reject)
      .end(content);
  });
}

/** The API server's own words in the body of a refusal. */
export function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body;
  }
}
