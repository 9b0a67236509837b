import { element } from "../dom.js";
import { view as grafana } from "../grafana.js";
import { clock, seriesOf } from "../series.js";

/** Lines, areas or bars over time, on a linear or a logarithmic axis. Gaps stay gaps. */
export function draw(panel, body, view) {
  const chart = element(body, "div", { className: "chart" });
  const legend = element(body, "div", { className: "legend" });
  const defaults = panel.fieldConfig.defaults;
  const logarithmic = defaults.custom.scaleDistribution?.type === "log";
  const pixels = chart.clientWidth - 70;
  const count = (view.range.end - view.range.start) / view.range.step;
  const series = seriesOf(panel).map(({ name, values, times, custom, color: line }) => {
    const dashed = custom.lineStyle?.fill === "dash";
    entry(legend, name, line, dashed);
    const stacked = custom.stacking?.mode === "normal" ? "all" : undefined;
    const points = times.map((time, at) => [time * 1000, Number.isNaN(values[at]) ? null : values[at]]);
    const common = { name, stack: stacked, data: points, animation: false };
    return custom.drawStyle === "bars"
      ? {
        ...common, type: "bar", barWidth: Math.max(1, (pixels / count) * 0.85), barGap: "-100%",
        itemStyle: { color: line, opacity: custom.fillOpacity / 100 },
      }
      : {
        ...common, type: "line", showSymbol: false, connectNulls: false,
        step: custom.lineInterpolation === "stepAfter" ? "end" : undefined,
        lineStyle: { color: line, width: custom.lineWidth ?? 1.3, type: dashed ? [8, 6] : "solid" }, itemStyle: { color: line },
        areaStyle: custom.fillOpacity ? { color: line, opacity: custom.fillOpacity / 100 } : undefined,
      };
  });
  if (series.length > 0) series[0].markLine = alerts(view);

  echarts.init(chart, null, { renderer: "canvas" }).setOption({
    animation: false,
    grid: { left: 66, right: 12, top: 8, bottom: 22 },
    xAxis: {
      type: "time", min: view.range.start * 1000, max: view.range.end * 1000, splitNumber: 6,
      axisLabel: { formatter: (time) => clock(time / 1000).slice(0, 5), color: "#9a9ba6", hideOverlap: true },
      axisLine: { lineStyle: { color: "#3a3d44" } }, axisTick: { show: false }, minInterval: 60000,
    },
    yAxis: {
      type: logarithmic ? "log" : "value", min: logarithmic ? undefined : defaults.min, max: defaults.max,
      splitNumber: 4, minInterval: defaults.decimals === 0 ? 1 : undefined,
      axisLabel: { formatter: (value) => grafana.format(value, defaults.unit), color: "#9a9ba6" },
      splitLine: { lineStyle: { color: "#26292f" } },
    },
    series,
  });
}

function entry(legend, name, line, dashed) {
  const span = element(legend, "span");
  const mark = element(span, "i", { className: dashed ? "dashed" : "", style: { background: line } });
  mark.style.setProperty("--c", line);
  span.append(name);
}

const alerts = (view) => ({
  silent: true, symbol: ["none", "none"], label: { show: false }, lineStyle: { type: [3, 3], width: 1 },
  data: view.annotations.map(({ time, color }) => ({ xAxis: time * 1000, lineStyle: { color } })),
});
