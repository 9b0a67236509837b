// What the renderer can draw: known.json, which a test of the project compares with the dashboards as well. Units, mappings, matchers and
// transformations are the library's own.
import { readFileSync } from "node:fs";

const known = JSON.parse(readFileSync(new URL("known.json", import.meta.url), "utf8"));

/** The paths of an object's leaves, such as "options.legend.calcs"; a list is a leaf. */
function leaves(value, path) {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, child]) => leaves(child, `${path}.${key}`))
    : [path];
}

/** Throws for anything in a dashboard that the renderer would silently leave out. */
export function refuseUnknown(dashboard) {
  const unknown = [];
  for (const panel of dashboard.panels) {
    const options = known.panels[panel.type];
    if (!options) unknown.push(`panel type ${panel.type}`);
    if (panel.type === "row") continue;
    const field = panel.fieldConfig;
    for (const path of leaves(panel.options, "options")) if (!options?.includes(path)) unknown.push(`${panel.type} ${path}`);
    for (const path of leaves(field.defaults, "field")) if (!known.field.includes(path)) unknown.push(path);
    for (const { properties } of field.overrides) {
      for (const { id } of properties) if (!known.overrides.includes(id)) unknown.push(`override ${id}`);
    }
  }
  if (unknown.length > 0) throw new Error(`${dashboard.title} has what known.json does not name:\n${[...new Set(unknown)].join("\n")}`);
}
