// Compiles the dashboards against the types of @grafana/schema: of the oldest Grafana that the dashboards are for, and of a new one.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = join(here, "node_modules");

// The packages name the types of a panel's options after its plugin.
const PANELS = {
  bargauge: "bargauge/panelcfg/x/BarGauge", heatmap: "heatmap/panelcfg/x/Heatmap", stat: "stat/panelcfg/x/Stat",
  "state-timeline": "statetimeline/panelcfg/x/StateTimeline", table: "table/panelcfg/x/Table", timeseries: "timeseries/panelcfg/x/TimeSeries",
};

const SCHEMAS = [
  { name: "@grafana/schema 10.1", types: join(modules, "grafana-schema-oldest/dist"), index: "index.d.ts", panel: (path) => `esm/raw/composable/${path}PanelCfg_types.gen.d.ts` },
  { name: "@grafana/schema 13", types: join(modules, "@grafana/schema/dist/types"), index: "index.d.ts", panel: (path) => `raw/composable/${path.slice(0, path.lastIndexOf("/"))}/types.gen.d.ts` },
];

// In a file an enumeration is its value, and what has a default may be left out.
const PRELUDE = `
type Literal<T> = unknown extends T ? T
  : T extends string ? \`\${T}\`
  : T extends (infer E)[] ? Literal<E>[]
  : T extends object ? { [K in keyof T]?: Literal<T[K]> }
  : T;
// What the data source of Prometheus adds: its plugin's types are not among the package's.
type Query = Literal<g.DataQuery> & { expr?: string; format?: "time_series" | "table" | "heatmap"; instant?: boolean; range?: boolean; legendFormat?: string; interval?: string };
type Annotation = Literal<g.AnnotationQuery> & { expr?: string; step?: string; titleFormat?: string; textFormat?: string; tagKeys?: string; useValueForTime?: boolean };
type Variable = Literal<g.VariableModel> & { definition?: string };
`;

/** One constant of the file to compile: a part of a dashboard and the type that it must have. */
function* parts(dashboard) {
  const { panels, annotations, templating, ...rest } = dashboard;
  yield { at: "the dashboard", type: "Literal<Omit<g.Dashboard, 'panels' | 'annotations' | 'templating'>>", value: rest };
  for (const entry of annotations?.list ?? []) yield { at: `annotation ${entry.name}`, type: "Annotation", value: entry };
  for (const entry of templating?.list ?? []) yield { at: `variable ${entry.name}`, type: "Variable", value: entry };
  for (const panel of panels) yield* partsOf(panel);
}

function* partsOf({ targets = [], options, fieldConfig, ...rest }) {
  const at = `panel ${rest.title}`;
  if (rest.type === "row") {
    yield { at, type: "Literal<g.RowPanel>", value: rest };
    return;
  }
  yield { at, type: "Literal<Omit<g.Panel, 'targets' | 'options' | 'fieldConfig'>>", value: rest };
  for (const target of targets) yield { at: `${at}: query ${target.refId}`, type: "Query", value: target };
  if (!(rest.type in PANELS)) {
    yield { at: `${at}: its type`, type: Object.keys(PANELS).map((name) => JSON.stringify(name)).join(" | "), value: rest.type };
    return;
  }
  const plugin = `p_${rest.type.replace("-", "_")}`;
  const { custom, ...defaults } = fieldConfig.defaults;
  yield { at: `${at}: options`, type: `Literal<${plugin}.Options>`, value: options };
  yield { at: `${at}: field`, type: "Literal<Omit<g.FieldConfig, 'custom'>>", value: defaults };
  if (custom) yield { at: `${at}: field`, type: `Literal<${customOf(plugin)}>`, value: custom };
  for (const { matcher, properties } of fieldConfig.overrides) {
    const where = `${at}: override of ${matcher.options}`;
    for (const { id, value } of properties) {
      const [type, key] = id.startsWith("custom.") ? [customOf(plugin), id.slice("custom.".length)] : ["g.FieldConfig", id];
      yield { at: where, type: `Literal<Pick<${type}, ${JSON.stringify(key)}>>`, value: { [key]: value } };
    }
  }
}

// Tables have had their field options in the common types.
const customOf = (plugin) => (plugin === "p_table" ? "g.TableFieldOptions" : `${plugin}.FieldConfig`);

/** What is wrong with the dashboards, a sentence each. */
export function complaints(dashboards) {
  return SCHEMAS.flatMap((schema) => compile(schema, dashboards));
}

function compile(schema, dashboards) {
  const lines = [`import type * as g from "@grafana/schema";`];
  for (const [type, path] of Object.entries(PANELS)) {
    const file = join(schema.types, schema.panel(path));
    if (!existsSync(file)) throw new Error(`${file} is missing: run npm ci in ${here}`);
    lines.push(`import type * as p_${type.replace("-", "_")} from ${JSON.stringify(file.replace(/\.d\.ts$/, ""))};`);
  }
  lines.push(...PRELUDE.split("\n"));
  const places = []; // of each line, the part that it belongs to
  for (const [file, dashboard] of dashboards) {
    for (const { at, type, value } of parts(dashboard)) {
      const text = `export const part${places.length}: ${type} = ${JSON.stringify(value, null, 1)};`.split("\n");
      text.forEach((_, index) => { places[lines.length + index] = `${file}: ${at}`; });
      lines.push(...text);
    }
  }

  const name = join(here, "dashboards.ts"); // in memory alone
  const options = {
    strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler, types: [], paths: { "@grafana/schema": [join(schema.types, schema.index)] },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => file === name || fileExists.call(host, file);
  host.getSourceFile = (file, ...rest) => (file === name ? ts.createSourceFile(file, lines.join("\n"), options.target) : getSourceFile.call(host, file, ...rest));
  const program = ts.createProgram([name], options, host);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const said = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
    if (diagnostic.file?.fileName !== name) return `${schema.name}: ${said}`;
    const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start);
    return `${places[line] ?? "the types"}: ${lines[line].trim()}: ${said} (${schema.name})`;
  });
}
