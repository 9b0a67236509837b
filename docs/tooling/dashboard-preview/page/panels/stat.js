import { element } from "../dom.js";
import { seriesOf } from "../series.js";

/** Big numbers: one tile for each series. */
export function draw(panel, body) {
  const { colorMode, textMode } = panel.options;
  const box = element(body, "div", { className: "tiles" });
  const series = seriesOf(panel);
  for (const { name, values, show } of series) {
    const shown = show(values.at(-1));
    const text = textMode === "name" ? name : shown.text;
    const isBlank = /^#0000|transparent|rgba\(.*, 0\)/.test(shown.color);
    const background = colorMode === "background" && !isBlank;
    const tile = element(box, "div", {
      style: {
        background: background ? shown.color : "none",
        color: background ? "#111217" : colorMode === "value" ? shown.color : "#ccccdc",
      },
    });
    element(tile, "span", { text, style: { fontSize: `${sizeOf(text, body.clientWidth / series.length)}px`, fontWeight: 600, lineHeight: 1.2 } });
    if (textMode === "auto" && series.length > 1) element(tile, "small", { text: name });
  }
}

// As large as fits, but no larger than a headline.
const sizeOf = (text, width) => Math.max(14, Math.min(38, (1.5 * (width - 20)) / text.length));
