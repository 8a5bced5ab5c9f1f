"use strict";

/**
 * Where each name can stand beside its point without covering another name or point: a list of
 * {labelX, labelY, align} in the units of the axes. A name that finds no free place is left out: its label is "".
 */
function placeLabels(points, xDomain, yDomain, width, height) {
  const toX = (value) => ((value - xDomain[0]) / (xDomain[1] - xDomain[0])) * width;
  const toY = (value) => height - ((value - yDomain[0]) / (yDomain[1] - yDomain[0])) * height;
  const fromX = (px) => xDomain[0] + (px / width) * (xDomain[1] - xDomain[0]);
  const fromY = (px) => yDomain[0] + ((height - px) / height) * (yDomain[1] - yDomain[0]);
  const boxes = points.map((point) => ({
    left: toX(point.x) - 5,
    right: toX(point.x) + 5,
    top: toY(point.y) - 5,
    bottom: toY(point.y) + 5,
  }));
  const overlaps = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return points.map((point) => {
    const x = toX(point.x),
      y = toY(point.y),
      length = 6.6 * point.label.length;
    const candidates = [];
    for (const distance of [0, 13, 26, 39, 52, 65, 78])
      for (const dy of distance ? [-distance, distance] : [0])
        for (const align of ["left", "right"]) {
          const anchor = align === "left" ? x + 9 : x - 9;
          const left = align === "left" ? anchor : anchor - length;
          candidates.push({
            align,
            anchor,
            y: y + dy,
            box: { left, right: left + length, top: y + dy - 7, bottom: y + dy + 7 },
          });
        }
    const inside = ({ box }) =>
      box.left > -20 && box.right < width + 20 && box.top > -8 && box.bottom < height + 2;
    const chosen = candidates.find((each) => inside(each) && !boxes.some((box) => overlaps(box, each.box)));
    if (!chosen) return { labelX: point.x, labelY: point.y, align: "left", label: "" };
    boxes.push(chosen.box);
    return { labelX: fromX(chosen.anchor), labelY: fromY(chosen.y), align: chosen.align };
  });
}

function scatterChart(experiment, colors, { value, title, axis, caption }) {
  const rows = chartRows(experiment).filter((row) => hasNumber(row.score) && hasNumber(value(row)));
  if (new Set(rows.map(value)).size < 2) return null;
  const width = 440,
    height = 320;
  const points = rows.map((row) => ({ ...row, x: value(row), y: row.score }));
  const xDomain = widened(
      points.map((point) => point.x),
      0.12,
    ),
    yDomain = widened(
      points.map((point) => point.y),
      0.08,
    );
  const places = placeLabels(points, xDomain, yDomain, width, height);
  points.forEach((point, i) => Object.assign(point, places[i]));
  const x = {
    field: "x",
    type: "quantitative",
    title: axis,
    axis: { format: "~s", tickCount: 5 },
    scale: { domain: xDomain, nice: false, zero: false },
  };
  const y = {
    field: "y",
    type: "quantitative",
    title: scoreTitle(experiment),
    scale: { domain: yDomain, nice: false, zero: false },
  };
  const walk = experiment.results.design === "cumulative" && experiment.results.kind === "ablation";
  const texts = ["left", "right"].map((align) => ({
    transform: [{ filter: { field: "align", equal: align } }],
    mark: { type: "text", align, fontSize: 11 },
    encoding: { x: { ...x, field: "labelX" }, y: { ...y, field: "labelY" }, text: { field: "label" } },
  }));
  const layer = [
    ...(walk
      ? [
          {
            transform: [{ filter: "!datum.side" }],
            mark: { type: "line", color: colors.muted, strokeWidth: 1, opacity: 0.6 },
            encoding: { x, y, order: { field: "order" } },
          },
        ]
      : []),
    {
      mark: { type: "rule", color: colors.muted, strokeWidth: 1, strokeDash: [1, 2] },
      encoding: { x, y, x2: { field: "labelX" }, y2: { field: "labelY" } },
    },
    {
      mark: { type: "point", size: 70, color: colors.ours, strokeWidth: 2, opacity: 1 },
      encoding: {
        x,
        y,
        fill: { condition: { test: "datum.side", value: colors.page }, value: colors.ours },
        tooltip: [
          { field: "name" },
          { field: "scoreText", title: metricTitle(experiment) },
          { field: "x", title: axis, format: ",.4~r" },
        ],
      },
    },
    ...texts,
  ];
  const notes = [
    caption,
    walk ? "The line follows the walk." : "",
    rows.some((row) => row.side) ? "Hollow: tried and not carried on." : "",
    points.some((point) => !point.label) ? "Where there is no room for a name, pointing at the point shows it." : "",
  ];
  return {
    title,
    caption: notes.filter(Boolean).join(" "),
    spec: { data: { values: points }, width, height, layer },
  };
}

const macsChart = (experiment, colors) =>
  scatterChart(experiment, colors, {
    value: (row) => row.macs,
    title: scoreWord(experiment) + " against MACs",
    axis: "MACs of one image",
    caption: betterWay(experiment) + " and to the left is better.",
  });
const rateChart = (experiment, colors) =>
  scatterChart(experiment, colors, {
    value: (row) => row.rate,
    title: scoreWord(experiment) + " against throughput",
    axis: "Images a second in training",
    caption: betterWay(experiment) + " and to the right is better. Measured while training, so other load on the machine shows.",
  });
const latencyChart = (experiment, colors) =>
  scatterChart(experiment, colors, {
    value: (row) => row.latency,
    title: scoreWord(experiment) + " against latency",
    axis: "Latency of one image (ms)",
    caption:
      betterWay(experiment) +
      " and to the left is better. Median at batch 1, measured when a run ends with the threads and on the device of the run, so other load on the machine shows.",
  });
/** What a network costs in time: latency, or throughput where a row has none, so that no row is left out. */
const timeChart = (experiment, colors) => {
  const scored = chartRows(experiment).filter((row) => hasNumber(row.score));
  const latency = scored.every((row) => hasNumber(row.latency)) && latencyChart(experiment, colors);
  return latency || rateChart(experiment, colors);
};
