"use strict";

/** Learning curves as small panels, one a row: no color is needed to tell the rows apart. */
function curvesChart(experiment, colors, { field, title, axis, digits }) {
  const rows = chartRows(experiment);
  const points = [];
  for (const { row, seed, curve } of experiment.runs)
    (curve[field] || []).forEach((value, i) => {
      if (hasNumber(value) && hasNumber(curve.epoch[i]))
        points.push({ label: rows[row].label, run: row + " " + seed, seed, epoch: curve.epoch[i], value });
    });
  const epochs = new Set(points.map((point) => point.epoch));
  if (epochs.size < 2) return null;
  const labels = [...new Set(points.map((point) => point.label))];
  const first = labels[0],
    reference = points.filter((point) => point.label === first);
  const behind = labels
    .slice(1)
    .flatMap((label) => reference.map((point) => ({ ...point, label, behind: true })));
  const encoding = {
    x: {
      field: "epoch",
      type: "quantitative",
      title: "epoch",
      axis: { tickMinStep: 1, tickCount: 4, format: "d" },
    },
    y: { field: "value", type: "quantitative", title: axis, scale: { zero: false }, axis: { tickCount: 4 } },
    detail: { field: "run" },
  };
  const line = (filter, mark) => ({ transform: [{ filter }], mark: { type: "line", ...mark }, encoding });
  const tooltip = [
    { field: "label" },
    { field: "seed" },
    { field: "epoch" },
    { field: "value", title: axis, format: digits },
  ];
  const caption = [
    labels.length > 1 ? "A panel a row, a line a seed. Dashed: " + first + ", to compare." : "A line a seed.",
  ];
  if (experiment.curve_stride > 1) caption.push("Every " + experiment.curve_stride + "th epoch is drawn.");
  return {
    title,
    caption: caption.join(" "),
    spec: {
      data: { values: [...points, ...behind] },
      facet: {
        field: "label",
        type: "nominal",
        sort: labels,
        title: null,
        header: { labelAnchor: "start", labelPadding: 4 },
      },
      columns: Math.min(4, labels.length),
      spacing: { row: 18, column: 14 },
      spec: {
        width: labels.length > 1 ? 190 : 400,
        height: labels.length > 1 ? 100 : 220,
        layer: [
          line("datum.behind", { color: colors.muted, strokeDash: [3, 3], strokeWidth: 1, opacity: 0.8 }),
          line("!datum.behind", { color: colors.ours, strokeWidth: 1.6 }),
          {
            transform: [{ filter: "!datum.behind" }],
            mark: { type: "point", filled: true, size: 16, color: colors.ours },
            encoding: { ...encoding, tooltip },
          },
        ],
      },
    },
  };
}

const lossCurves = (experiment, colors) =>
  curvesChart(experiment, colors, {
    field: "train_loss",
    title: "Learning curves: training loss",
    axis: "loss",
    digits: ".4f",
  });
const scoreCurves = (experiment, colors) =>
  curvesChart(experiment, colors, {
    field: experiment.results.score,
    title: "Learning curves: validation " + metricTitle(experiment),
    axis: metricTitle(experiment) + metricUnit(experiment),
    digits: ".2f",
  });
