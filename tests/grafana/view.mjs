// What Grafana makes of a panel and the answers to its queries, by its own library: transformations, overrides, units, mappings, links.

/** The options of a field that every panel has, as Grafana itself registers them. Options of plugins begin with "custom.". */
const processors = (data) => ({
  color: data.identityOverrideProcessor, decimals: data.numberOverrideProcessor, displayName: data.displayNameOverrideProcessor,
  links: data.dataLinksOverrideProcessor, mappings: data.valueMappingsOverrideProcessor, max: data.numberOverrideProcessor,
  min: data.numberOverrideProcessor, noValue: data.stringOverrideProcessor, thresholds: data.thresholdsOverrideProcessor, unit: data.unitOverrideProcessor,
});

/**
 * The view over a library.
 * @param data The module @grafana/data.
 */
export function createView(data) {
  data.standardTransformersRegistry.setInit(() => [...new Set(Object.values(data.standardTransformers))]
    .map((transformer) => ({ id: transformer.id, name: transformer.name, description: "", editor: () => null, transformation: () => Promise.resolve(transformer) })));
  const theme = data.createTheme({ colors: { mode: "dark" } });
  const standard = processors(data);

  function registryFor(panel) {
    const custom = new Set([
      ...Object.keys(panel.fieldConfig.defaults.custom ?? {}),
      ...panel.fieldConfig.overrides.flatMap(({ properties }) => properties.map(({ id }) => id)).filter((id) => id.startsWith("custom.")).map((id) => id.slice("custom.".length)),
    ]);
    const item = (id, path, process, isCustom) => ({ id, path, name: id, isCustom, process, shouldApply: () => true, editor: () => null, override: () => null });
    const registry = new data.FieldConfigOptionsRegistry();
    for (const [id, process] of Object.entries(standard)) registry.register(item(id, id, process, false));
    for (const path of custom) registry.register(item(`custom.${path}`, path, data.identityOverrideProcessor, true));
    return registry;
  }

  return {
    data,
    theme,
    isTransformation: (id) => data.standardTransformersRegistry.getIfExists(id) !== undefined,
    isMatcher: (id) => data.fieldMatchers.getIfExists(id) !== undefined,
    isOption: (id) => id.startsWith("custom.") || id in standard,
    isUnit: (id) => /^(suffix|prefix|time|si|count|currency|bool):./.test(id) || units(data).has(id),
    /** A number in a unit, as Grafana writes it. */
    format: (value, unit, decimals) => data.formattedValueToString(data.getValueFormat(unit ?? "none")(value, decimals)),
    /** The data frames of a panel, each field with its display function, its name and its links. */
    frames: async (panel, answers) => {
      const transformed = await transform(data, panel.transformations ?? [], framesOf(data, answers));
      const frames = data.applyFieldOverrides({
        data: transformed, fieldConfig: panel.fieldConfig, fieldConfigRegistry: registryFor(panel), replaceVariables: (text) => text, theme, timeZone: "browser",
      });
      for (const frame of frames) for (const field of frame.fields) field.title = data.getFieldDisplayName(field, frame, frames);
      return frames;
    },
    /** The colour of a series. */
    colorOf: (field) => data.getFieldSeriesColor(field, theme).color,
    /** What a field shows for a value: its text and its colour. */
    show: (field, value) => {
      const shown = field.display(value);
      return { text: data.formattedValueToString(shown), color: shown.color, isMapped: isMapped(field.config, value) };
    },
  };
}

const units = (data) => new Set(data.getValueFormats().flatMap(({ submenu }) => submenu.map(({ value }) => value)));

// The dashboards map single values, and once they do, all that there are.
const isMapped = ({ mappings = [] }, value) => mappings.length === 0 || mappings.some(({ type, options }) => type !== "value" || String(value) in options);

const transform = (data, transformations, frames) => new Promise((resolve, reject) => {
  data.transformDataFrame(transformations, frames, { interpolate: (text) => text }).subscribe({ next: resolve, error: reject });
});

/** The frames that Grafana's data source of Prometheus makes of answers. */
export function framesOf(data, answers) {
  const { FieldType } = data;
  const tables = answers.filter(({ format }) => format === "table").length;
  return answers.flatMap(({ refId, format, instant, times = [], series, now }) => {
    if (format === "table") {
      const labels = [...new Set(series.flatMap((one) => Object.keys(one.labels)))].sort();
      return series.length === 0 ? [] : [data.createDataFrame({
        refId,
        meta: { preferredVisualisationType: "table" },
        fields: [
          { name: "Time", type: FieldType.time, config: {}, values: series.map(() => now) },
          ...labels.map((name) => ({ name, type: FieldType.string, config: { filterable: true }, values: series.map((one) => one.labels[name]) })),
          { name: tables > 1 ? `Value #${refId}` : "Value", type: FieldType.number, config: {}, values: series.map(({ values }) => values[0]) },
        ],
      })];
    }

    return series.map(({ name, labels, values }) => data.createDataFrame({
      refId,
      name,
      fields: [
        { name: "Time", type: FieldType.time, config: {}, values: instant ? [now] : times.map((time) => time * 1000) },
        { name: "Value", type: FieldType.number, config: name === undefined ? {} : { displayNameFromDS: name }, labels, values },
      ],
    }));
  });
}
