import { bytesText } from "../../quantities.ts";
import { repeatAnswer } from "../../verbs/repeat.ts";
import { html, type Html } from "../html.ts";
import { modelSha256, type PageRun } from "../pageRun.ts";
import { folded, tableOf } from "../tables.ts";

/** Shows all that decides how the run ends, how to make it again, and its files. */
export function settings(run: PageRun): Html {
  const { record, files } = run;
  const sha256 = modelSha256(run);
  if (record === null) {
    return html`<section>
      <h2>Settings</h2>
      <p>The run has no record of its settings: an older version made it.</p>
      ${model(sha256)}${fileTable(run)}
    </section>`;
  }
  const { spec, runConfig, origin, image, versions, machine } = record;
  const own = Object.entries(spec).filter(([key]) => key !== "runConfig");
  const lines = repeatAnswer(record, sha256).lines.join("\n");
  return html`<section>
    <h2>Settings</h2>
    <div class="columns">
      ${list("Run", own)} ${list("Run config of the app", Object.entries(runConfig))}
      ${list("Made with", [["image", image ?? "none"], ["machine", machine], ...Object.entries(origin ?? {}).filter(([, value]) => value !== "" && value !== null), ...Object.entries(versions)])}
    </div>
    ${model(sha256)}
    <h3>Repeat it</h3>
    <p>
      From fetched results: <code>kubeflower repeat FOLDER --set</code>, then
      <code>pulumi up</code>. By hand:
    </p>
    <pre tabindex="0" role="region" aria-label="Commands that repeat the run">${lines}</pre>
    ${files.length === 0 ? null : fileTable(run)}
  </section>`;
}

function model(sha256: string | null): Html | null {
  if (sha256 === null) return null;
  return html`<h3>Model</h3>
    <p>sha256 of model.safetensors: <code class="digest">${sha256}</code></p>`;
}

function list(name: string, values: readonly (readonly [string, unknown])[]): Html {
  const content =
    values.length === 0
      ? html`<p>none</p>`
      : html`<dl>
          ${values.map(
            ([key, value]) =>
              html`<div>
                <dt>${key}</dt>
                <dd>${text(value)}</dd>
              </div>`,
          )}
        </dl>`;
  return html`<div>
    <h3>${name}</h3>
    ${content}
  </div>`;
}

function fileTable({ files }: PageRun): Html | null {
  if (files.length === 0) return null;
  const rows = files.map(({ path, bytes, sha256 }) => [path, bytesText(bytes), sha256]);
  return folded(
    "files",
    `Files and their digests (${files.length})`,
    tableOf("Files", ["file", "size", "sha256"], rows),
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
