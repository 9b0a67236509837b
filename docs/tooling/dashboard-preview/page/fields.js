// Field options as Grafana resolves them: defaults, then the overrides that match a field's name.

const named = {
  green: "#73bf69", yellow: "#fade2a", orange: "#ff9830", red: "#f2495c", blue: "#5794f2", purple: "#b877d9", text: "#ccccdc",
};
const palette = [
  "#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#5794f2", "#b877d9", "#37872d", "#fa6400", "#447ebc", "#c15c17",
  "#890f02", "#0a437c", "#6d1f62", "#584477", "#b7dbab", "#f4d598",
];

/** A CSS colour for a name of Grafana's. */
export const colour = (name) => named[name] ?? name;

/** The colour of the nth series. */
export const paletteColour = (index) => palette[index % palette.length];

const copy = (value) => JSON.parse(JSON.stringify(value ?? {}));

function matches(matcher, name) {
  if (matcher.id === "byName") return matcher.options === name;
  const [, body, flags] = /^\/(.*)\/(\w*)$/.exec(matcher.options) ?? [null, `^(?:${matcher.options})$`, ""];
  return new RegExp(body, flags).test(name);
}

/** The options of one field. */
export function fieldOf(panel, name) {
  const field = copy(panel.fieldConfig.defaults);
  field.custom ??= {};
  for (const { matcher, properties } of panel.fieldConfig.overrides) {
    if (!matches(matcher, name)) continue;
    for (const { id, value } of properties) {
      if (id.startsWith("custom.")) field.custom[id.slice("custom.".length)] = value;
      else field[id] = value;
    }
  }
  return field;
}

/** The words and the colour for a value, by mappings first and thresholds then. */
export function mapped(field, value) {
  for (const { options } of field.mappings ?? []) {
    const mapping = options[String(value)];
    if (mapping) return { text: mapping.text, colour: mapping.color && colour(mapping.color) };
  }
  return {};
}

/** The colour of the highest threshold that the value reaches. */
export function thresholdColour(field, value) {
  let result = "text";
  for (const step of field.thresholds?.steps ?? []) if (step.value === null || value >= step.value) result = step.color;
  return colour(result);
}
