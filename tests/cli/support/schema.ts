import { readdirSync, readFileSync } from "node:fs";

import { Ajv2020 } from "ajv/dist/2020.js";

const FOLDER = "cli/schemas";
const ajv = new Ajv2020({ allowUnionTypes: true });
for (const name of readdirSync(FOLDER)) {
  ajv.addSchema(JSON.parse(readFileSync(`${FOLDER}/${name}`, "utf8")) as object);
}

/** Lists what of a document does not fit a schema of cli/schemas; empty when all does. */
export function misfits(schema: string, document: unknown): string[] {
  const validate = ajv.getSchema(`${schema}.json`);
  if (validate === undefined) throw new Error(`there is no schema ${schema}`);
  // As it is printed: keys that are undefined are not.
  void validate(JSON.parse(JSON.stringify(document)));
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath} ${message ?? ""} ${JSON.stringify(params)}`,
  );
}

/** Lists what of a verb's document does not fit its schema. */
export function answerMisfits(verb: string, document: object): string[] {
  return misfits(verb, { schema_version: 1, ...document });
}
