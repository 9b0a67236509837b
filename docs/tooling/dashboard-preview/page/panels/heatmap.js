import { element } from "../dom.js";
import { view as grafana } from "../grafana.js";
import { clock, seriesOf } from "../series.js";

// A few of the colours of "Turbo", from few to many.
const SCHEME = ["#30123b", "#4662d7", "#36aaf9", "#1ae4b6", "#72fe5e", "#c8ef34", "#faba39", "#f66b19", "#ca2a04"];

/** A histogram over time: cumulative buckets become rows, and how many fell into each becomes a colour. */
export function draw(panel, body, view) {
  const series = seriesOf(panel);
  const [{ times }] = series;
  const buckets = [...series].sort((a, b) => bound(a) - bound(b));
  const cells = [];
  buckets.forEach(({ values }, row) => values.forEach((value, column) => {
    const count = value === null ? 0 : value - (row > 0 ? buckets[row - 1].values[column] ?? 0 : 0);
    if (count > panel.options.filterValues.le) cells.push([column, row, count]);
  }));
  const used = cells.map(([, row]) => row);
  const [low, high] = [Math.max(0, Math.min(...used) - 1), Math.min(buckets.length - 1, Math.max(...used) + 1)];
  const rows = buckets.slice(low, high + 1);

  const chart = element(body, "div", { className: "chart", style: { bottom: "6px" } });
  echarts.init(chart, null, { renderer: "canvas" }).setOption({
    animation: false,
    grid: { left: 66, right: 12, top: 8, bottom: 22 },
    xAxis: {
      type: "category", data: times.map((time) => clock(time)),
      axisTick: { show: false }, axisLine: { lineStyle: { color: "#3a3d44" } },
      axisLabel: {
        color: "#9a9ba6", formatter: (label) => label.slice(0, 5), 
        interval: (index) => index > 0 && minute(times[index]) !== minute(times[index - 1]),
      },
    },
    yAxis: {
      type: "category", data: rows.map((one) => label(one, panel.options.yAxis.unit)),
      axisLabel: { color: "#9a9ba6" }, axisTick: { show: false }, axisLine: { show: false },
    },
    visualMap: { show: false, min: 0, max: Math.max(...cells.map(([, , count]) => count)), inRange: { color: SCHEME } },
    series: [{
      type: "heatmap", data: cells.map(([column, row, count]) => [column, row - low, count]),
      itemStyle: { borderColor: "#181b1f", borderWidth: panel.options.cellGap },
    }],
  });
}

const minute = (time) => Math.floor(time / 60);
const bound = ({ labels }) => (labels.le === "+Inf" ? Infinity : Number(labels.le));
const label = (one, unit) => (bound(one) === Infinity ? "more" : `≤ ${grafana.format(bound(one), unit)}`);
