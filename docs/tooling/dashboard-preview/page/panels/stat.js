import { element } from "../dom.js";
import { fieldOf, mapped, thresholdColour } from "../fields.js";
import { format } from "../format.js";

/** Big numbers: one tile for each series. */
export function draw(panel, body, view) {
  const { colorMode, textMode } = panel.options;
  const box = element(body, "div", { className: "tiles" });
  const series = panel.answers.flatMap((answer) => answer.series);
  for (const { name, values } of series) {
    const field = fieldOf(panel, name);
    const value = values.at(-1);
    const word = mapped(field, value);
    const text = textMode === "name" ? name : word.text ?? format(value, { ...field, now: view.range.end });
    const colour = word.colour ?? thresholdColour(field, value);
    const background = colorMode === "background" && colour !== "transparent";
    const tile = element(box, "div", {
      style: {
        background: background ? colour : "none",
        color: background ? "#111217" : colorMode === "value" ? colour : "#ccccdc",
      },
    });
    element(tile, "span", { text, style: { fontSize: `${sizeOf(text, body.clientWidth / series.length)}px`, fontWeight: 600, lineHeight: 1.2 } });
    if (textMode === "auto" && series.length > 1) element(tile, "small", { text: name });
  }
}

// As large as fits, but no larger than a headline.
const sizeOf = (text, width) => Math.max(14, Math.min(38, (1.5 * (width - 20)) / text.length));
