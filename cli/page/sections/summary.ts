import { accuracyOf } from "../../result.ts";
import { bytesText, metricText, timeText } from "../../quantities.ts";
import { doingNow } from "../doingNow.ts";
import { html, type Html } from "../html.ts";
import { modelSha256, type PageRun } from "../pageRun.ts";
import { medianOf } from "../quantile.ts";
import { shortSeconds } from "../shortSeconds.ts";

/** Shows what one wants to know first: how the run stands, and its numbers. */
export function summary(run: PageRun): Html {
  const { state, record, reason, status } = run;
  const app = record?.origin?.app;
  const when = record === null ? "" : `started ${timeText(record.started)} UTC`;
  const facts = [app ?? "", when].filter((text) => text !== "");
  return html`<header>
    <p class="state ${state}">${state}</p>
    <h1>Run <code>${run.run}</code></h1>
    <p class="soft">${facts.join(" · ")}</p>
    ${reason === null ? null : html`<p class="reason" role="alert">${reason}</p>`}
    <dl class="tiles">
      ${tiles(run).map(
        ([name, value, more]) =>
          html`<div>
            <dt>${name}</dt>
            <dd><b>${value}</b>${more === "" ? null : html`<span>${more}</span>`}</dd>
          </div> `,
      )}
    </dl>
    ${status === null ? null : doingNow(status)}
    ${status === null ? null : html`<p class="soft" id="live">This page renews itself while the run goes on.</p>`}
  </header>`;
}

/** Name, value and further words of each tile. */
function tiles(run: PageRun): [string, string, string][] {
  const { rounds, record, result, status, files } = run;
  const last = rounds.at(-1);
  const wanted = status?.rounds ?? record?.spec.rounds;
  const model = files.find(({ path }) => path === "model.safetensors");
  const sha256 = modelSha256(run);
  const seconds = rounds.map((one) => one.seconds);
  const median = medianOf(seconds);
  const total = result?.seconds ?? seconds.reduce((a, b) => a + b, 0);
  const left = status === null || median === undefined ? 0 : status.rounds - rounds.length;
  return [
    ["Rounds", String(rounds.length), typeof wanted === "number" ? `of ${wanted}` : ""],
    ...metricTiles(run),
    [
      "Time",
      rounds.length === 0 ? "-" : shortSeconds(total),
      median === undefined ? "" : `${shortSeconds(median)} a round`,
    ],
    ...(left > 0
      ? [["Left", shortSeconds(left * (median ?? 0)), "about"] as [string, string, string]]
      : []),
    ["Replies", last === undefined ? "-" : String(last.replies.length), clients(run)],
    // A run that goes on has none yet.
    ...(status === null
      ? [
          ["Model", sha256?.slice(0, 8) ?? "none", modelWords(sha256, model?.bytes)] as [
            string,
            string,
            string,
          ],
        ]
      : []),
  ];
}

function modelWords(sha256: string | null, bytes: number | undefined): string {
  if (sha256 === null) return "";
  return bytes === undefined ? "sha256" : `sha256, ${bytesText(bytes)}`;
}

/** Accuracy and loss where the app has them. */
function metricTiles({ rounds, result }: PageRun): [string, string, string][] {
  const accuracies = rounds.map((round) => ({ round: round.round, value: accuracyOf(round) }));
  const numbers = accuracies.flatMap(({ round, value }) =>
    typeof value === "number" ? [{ round, value }] : [],
  );
  const best = numbers.reduce<{ round: number; value: number } | null>(
    (a, b) => (a === null || b.value > a.value ? b : a),
    null,
  );
  const last = rounds.at(-1);
  const accuracy = result?.accuracy ?? (last === undefined ? null : accuracyOf(last));
  const loss = result?.loss ?? last?.loss ?? last?.clients.loss ?? null;
  const words = best === null ? "" : `best ${best.value.toFixed(4)} in round ${best.round}`;
  return [
    ...(accuracy === null
      ? []
      : [["Accuracy", metricText(accuracy, 4), words] as [string, string, string]]),
    ...(loss === null ? [] : [["Loss", metricText(loss, 4), ""] as [string, string, string]]),
  ];
}

function clients({ record, rounds }: PageRun): string {
  const replicas = record?.spec.replicas;
  const failed = rounds.at(-1)?.failures.length ?? 0;
  const of =
    typeof replicas === "number"
      ? `in the last round, of ${replicas} clients`
      : "in the last round";
  return failed === 0 ? of : `${of}, ${failed} failed`;
}
