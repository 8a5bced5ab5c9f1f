"use strict";
// Several experiments in one picture: each has its own shape besides its color.

const experimentShapes = [
  "circle",
  "square",
  "triangle-up",
  "diamond",
  "cross",
  "triangle-down",
  "triangle-left",
  "triangle-right",
];
const experimentColors = (colors) => [
  colors.ours,
  colors.other,
  "#009e73",
  "#cc79a7",
  "#8f8f00",
  "#56b4e9",
  "#d55e00",
  colors.muted,
];

/** Shape and color by experiment, in one legend. */
function experimentChannels(experiments, colors) {
  const names = experiments.map((each) => each.label);
  const pick = (list) => names.map((_, i) => list[i % list.length]);
  const channel = (range) => ({
    field: "experiment",
    type: "nominal",
    title: null,
    scale: { domain: names, range },
    legend: { orient: "top", columns: 2 },
  });
  return { shape: channel(pick(experimentShapes)), color: channel(pick(experimentColors(colors))) };
}

/** Rows of one label share a line, where each experiment has a lane of its own. */
function lanesChart(experiments, colors, rows, axis, zero) {
  if (rows.length === 0) return null;
  const { shape, color } = experimentChannels(experiments, colors);
  const y = labelAxis([...new Set(rows.map((row) => row.label))], true);
  Object.assign(y.axis, { grid: true, tickBand: "extent" }); // lines between the labels
  const yOffset = {
    field: "experiment",
    type: "nominal",
    scale: { domain: experiments.map((each) => each.label) },
  };
  const domain = widened(
    rows.flatMap((row) => [row.value, row.low, row.high, zero ? 0 : null]).filter(hasNumber),
    0.05,
  );
  const x = {
    field: "value",
    type: "quantitative",
    title: axis,
    scale: { domain, nice: false, zero: false },
  };
  const layer = [
    {
      transform: [{ filter: "isValid(datum.low)" }],
      mark: { type: "rule", strokeWidth: 2 },
      encoding: { y, yOffset, stroke: color, x: { ...x, field: "low" }, x2: { field: "high" } },
    },
    {
      mark: { type: "point", size: 70, strokeWidth: 2, opacity: 1 },
      encoding: {
        y,
        yOffset,
        x,
        shape,
        stroke: color,
        fill: { condition: { ...color, test: "datum.filled" }, value: colors.page },
        tooltip: [{ field: "experiment" }, { field: "label" }, { field: "text" }],
      },
    },
  ];
  if (zero)
    layer.unshift({
      data: { values: [{}] },
      mark: { type: "rule", color: colors.muted, strokeWidth: 1.2 },
      encoding: { x: { datum: 0 } },
    });
  return {
    data: { values: rows },
    width: 520,
    height: { step: 16 + 9 * experiments.length, for: "position" },
    layer,
  };
}

/** What all are compared by; raw where some of them have no average. */
const commonScore = (experiments) =>
  experiments.every((each) => each.results.score === averageScore(each))
    ? averageScore(experiments[0])
    : experiments[0].metric.name;

function compareScores(experiments, colors) {
  const common = commonScore(experiments);
  const tables = experiments.map((experiment) =>
    chartRows(experiment, common)
      .filter((row) => hasNumber(row.score))
      .map((row) => {
        const scores = row.seeds.map((seed) => seed.score);
        return {
          experiment: experiment.label,
          label: row.label,
          value: row.score,
          text: row.scoreText,
          filled: true,
          low: scores.length > 1 ? minOf(scores) : null,
          high: scores.length > 1 ? maxOf(scores) : null,
        };
      }),
  );
  const spec = lanesChart(experiments, colors, tables.flat(), scoreName(experiments[0], common), false);
  return (
    spec && {
      title: scoreWord(experiments[0]) + ", side by side",
      caption: "Lines reach from the lowest to the highest seed. Rows are matched by name.",
      spec,
    }
  );
}

function compareEffects(experiments, colors) {
  const rows = experiments.flatMap((experiment) =>
    effectRows(experiment).map((row) => ({
      ...row,
      filled: row.verdict === verdicts.shown,
      experiment: experiment.label,
    })),
  );
  const spec = lanesChart(experiments, colors, rows, differenceTitle(experiments[0]), true);
  return (
    spec && {
      title: "What each step was worth, side by side",
      caption:
        "Lines: 95 % intervals, where there are several seeds. Filled: the difference is told apart from 0.",
      spec,
    }
  );
}

function compareMacs(experiments, colors) {
  const common = commonScore(experiments);
  const points = experiments.flatMap((experiment) =>
    chartRows(experiment, common)
      .filter((row) => hasNumber(row.score))
      .map((row) => ({ ...row, experiment: experiment.label })),
  );
  if (points.length < 2) return null;
  const { shape, color } = experimentChannels(experiments, colors);
  return {
    title: scoreWord(experiments[0]) + " against MACs, side by side",
    caption: betterWay(experiments[0]) + " and to the left is better.",
    spec: {
      data: { values: points },
      width: 520,
      height: 320,
      mark: { type: "point", filled: true, size: 80, opacity: 0.9 },
      encoding: {
        x: {
          field: "macs",
          type: "quantitative",
          title: "MACs of one image",
          axis: { format: "~s" },
          scale: { zero: false, padding: 15 },
        },
        y: { field: "score", type: "quantitative", title: scoreName(experiments[0], common), scale: { zero: false, padding: 15 } },
        shape,
        color,
        tooltip: [{ field: "experiment" }, { field: "name" }, { field: "scoreText", title: metricTitle(experiments[0]) }],
      },
    },
  };
}
