"use strict";
// What all charts share. Each chart is a function that takes experiments as chart_data of report/report_data.h gives
// them and returns {title, caption, spec}, or null when there is nothing to draw.

/** Colors of one theme. Blue and orange stay apart in every kind of color blindness. */
function themeColors(dark) {
  return dark
    ? {
        page: "#16191d",
        ink: "#e6e9ec",
        muted: "#a3abb4",
        grid: "#2c3239",
        ours: "#5aa9e6",
        other: "#e69f5a",
        low: "#9a5716",
        middle: "#16191d",
        high: "#1f6aa5",
      }
    : {
        page: "#ffffff",
        ink: "#1d2126",
        muted: "#5a626b",
        grid: "#e6e9ec",
        ours: "#2f7fc1",
        other: "#c8640a",
        low: "#eda765",
        middle: "#ffffff",
        high: "#7db7e4",
      };
}

/** The look of all charts, as Vega-Lite's config. */
function themeConfig(colors) {
  const font = 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
  return {
    background: colors.page,
    font,
    axis: {
      labelColor: colors.ink,
      titleColor: colors.muted,
      gridColor: colors.grid,
      domainColor: colors.muted,
      tickColor: colors.muted,
      labelFontSize: 12,
      titleFontSize: 12,
      titleFontWeight: "normal",
      labelLimit: 230,
    },
    legend: {
      labelColor: colors.ink,
      titleColor: colors.muted,
      labelFontSize: 12,
      titleFontSize: 12,
      symbolSize: 90,
      labelLimit: 300,
    },
    header: { labelColor: colors.ink, titleColor: colors.muted, labelFontSize: 12, labelLimit: 200 },
    text: { color: colors.ink, fontSize: 12 },
    view: { stroke: null },
  };
}

const hasNumber = (value) => typeof value === "number" && Number.isFinite(value);
const meanOf = (value) => (hasNumber(value) ? value : value && hasNumber(value.mean) ? value.mean : null);
const signed = (value, digits = 2) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);
/** Decimals that an interval leaves, as in the tables; `digits` where there is none. */
function digitsOf(interval, digits) {
  const half = interval ? (interval[1] - interval[0]) / 2 : 0;
  if (half <= 0) return digits;
  const power = Math.floor(Math.log10(half));
  return Math.min(4, Math.max(0, (half < 2 * 10 ** power ? 1 : 0) - power));
}
function spreadText(spread, digits = 2) {
  const left = digitsOf(spread.interval, digits);
  return spread.mean.toFixed(left) + (hasNumber(spread.std) ? " ± " + spread.std.toFixed(left) : "");
}
const minOf = (list) => list.reduce((a, b) => Math.min(a, b), Infinity);
const maxOf = (list) => list.reduce((a, b) => Math.max(a, b), -Infinity);

/** 4089184256 -> "4.09 G". */
function countText(value) {
  for (const [scale, unit] of [
    [1e9, " G"],
    [1e6, " M"],
    [1e3, " k"],
  ])
    if (value >= scale) return (value / scale).toPrecision(3) + unit;
  return String(value);
}

/** [low, high] widened by a share of its length, and never empty. */
function widened(values, share) {
  const low = minOf(values),
    high = maxOf(values);
  const room = (high - low || Math.max(Math.abs(high) * 0.1, 1)) * share;
  return [low - room, high + room];
}

/** The rows of an experiment as charts need them. Steps that were tried and not adopted stand in parentheses. */
function chartRows(experiment, score = experiment.results.score) {
  return experiment.results.rows.map((row, index) => ({
    name: row.name,
    label: row.side_branch ? "(" + row.name + ")" : row.name,
    order: index,
    side: Boolean(row.side_branch),
    score: meanOf(row[score]),
    scoreText: row[score] ? spreadText(row[score], metricDigits(experiment)) : "no result",
    seeds: row.seeds
      .filter((seed) => hasNumber(seed[score]))
      .map((seed) => ({ seed: seed.seed, score: seed[score] })),
    delta: row.delta || null,
    deltaTo: row.delta_to,
    paper: hasNumber(row.paper_top1) ? row.paper_top1 : null,
    paperDelta: hasNumber(row.paper_delta) ? row.paper_delta : null,
    macs: row.macs,
    params: row.params,
    rate: meanOf(row.images_per_second),
    latency: meanOf(row.latency_ms),
  }));
}

/** "top-1", and "Top-1 of the EMA weights (%)". A page puts experiments of one task side by side. */
const metricDigits = (experiment) => experiment.metric.digits;
const betterWay = (experiment) => (experiment.metric.higher_is_better ? "Up" : "Down");
const metricTitle = (experiment) => experiment.metric.title;
const metricUnit = (experiment) => (experiment.metric.unit ? " (" + experiment.metric.unit + ")" : "");
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
/** "Accuracy" where answers are right or wrong, else the number's own name. */
const scoreWord = (experiment) => (experiment.metric.unit === "%" ? "Accuracy" : capital(metricTitle(experiment)));
const averageScore = (experiment) => experiment.metric.name + "_ema";
const scoreName = (experiment, score) =>
  capital(metricTitle(experiment)) +
  (score === averageScore(experiment) ? " of the EMA weights" : " of the raw weights") +
  metricUnit(experiment);
const scoreTitle = (experiment) => scoreName(experiment, experiment.results.score);
const differenceTitle = (experiment) =>
  "Difference in " + metricTitle(experiment) + (experiment.metric.unit === "%" ? " (percentage points)" : "");

/** Whether several seeds were judged and do not show the difference. */
const isOpen = (verdict) => Boolean(verdict) && !["higher", "lower"].includes(verdict);

/** In parentheses: a difference that the seeds do not show. */
const differenceText = (value, verdict, digits = 2) =>
  isOpen(verdict) ? "(" + signed(value, digits) + ")" : signed(value, digits);

/** A row a label, in the order given; only the leftmost of several panels names them. */
const labelAxis = (labels, shown) => ({
  field: "label",
  type: "nominal",
  sort: labels,
  scale: { domain: labels },
  axis: shown ? { title: null, ticks: false, domain: false, labelPadding: 8 } : null,
});
