import { element } from "../dom.js";
import { view } from "../grafana.js";

/** A table of instant queries: the frame that the panel's transformations left. */
export function draw(panel, body) {
  const [{ fields, length }] = panel.frames;
  const rows = Array.from({ length }, (_, row) => row);
  for (const { displayName, desc } of [...panel.options.sortBy].reverse()) {
    const { values } = fields.find(({ title }) => title === displayName);
    rows.sort((a, b) => (desc ? -1 : 1) * compare(values[a], values[b]));
  }

  const table = element(body, "table");
  const head = element(element(table, "thead"), "tr");
  for (const { title, config } of fields) element(head, "th", { text: title, style: config.custom?.width ? { width: `${config.custom.width}px` } : {} });
  const content = element(table, "tbody");
  for (const row of rows) {
    const line = element(content, "tr");
    for (const field of fields) cell(line, field, field.values[row]);
  }
}

function cell(line, field, value) {
  const box = element(line, "td");
  const { text, color } = view.show(field, value);
  if (field.config.links && value) element(box, "a", { text });
  else box.textContent = text;
  const type = field.config.custom?.cellOptions?.type;
  if (!color || value === undefined || value === null) return;
  if (type === "color-background") Object.assign(box.style, { background: color, color: "#111217", fontWeight: 600 });
  if (type === "color-text") Object.assign(box.style, { color, fontWeight: 600 });
}

const compare = (a, b) => (typeof a === "string" && typeof b === "string" ? a.localeCompare(b) : (a ?? -Infinity) - (b ?? -Infinity));
