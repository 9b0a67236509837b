// Checks dashboards with Grafana's own libraries.
//   check.mjs FILE...                                      against the types of @grafana/schema
//   check.mjs --prometheus URL --variables JSON FILE...    and what @grafana/data makes of the answers of a Prometheus
// A line for each fault, and 1 as its exit status; without one what the tables show, as JSON.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { read } from "./ask.mjs";
import * as behaviour from "./behaviour.mjs";
import * as schema from "./schema.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    prometheus: { type: "string" }, variables: { type: "string", default: "{}" },
    range: { type: "string", default: "6" }, "rate-interval": { type: "string", default: "5" },
  },
});

const dashboards = await Promise.all(positionals.map(async (file) => [basename(file), JSON.parse(await readFile(file, "utf8"))]));
const faults = values.prometheus ? [] : schema.complaints(dashboards);
const tables = {};
if (values.prometheus) {
  const end = Date.now() / 1000;
  const range = { start: end - Number(values.range), end, step: 1, rateInterval: Number(values["rate-interval"]) };
  for (const [file, dashboard] of dashboards) {
    const answered = await read(dashboard, values.prometheus, JSON.parse(values.variables)[file] ?? {}, range);
    faults.push(...(await behaviour.complaints(file, answered)));
    tables[file] = await behaviour.tables(answered);
  }
}

console.log(faults.length > 0 ? faults.join("\n") : JSON.stringify(tables));
process.exitCode = faults.length > 0 ? 1 : 0;
