"use strict";

/** Cells with their numbers written in them: color only repeats what the text says. */
function heatMap(cells, rowsTitle, columnsTitle, rowOrder, columnOrder, color) {
  const step = Math.max(64, Math.min(120, 560 / columnOrder.length));
  const tilted = columnOrder.some((name) => 7 * name.length > step);
  color.scale.interpolate = "rgb"; // other ways from orange to blue lead over red
  return {
    data: { values: cells },
    width: { step },
    height: { step: 36 },
    encoding: {
      y: {
        field: "row",
        type: "nominal",
        sort: rowOrder,
        title: rowsTitle,
        axis: { ticks: false, domain: false },
      },
      x: {
        field: "column",
        type: "nominal",
        sort: columnOrder,
        title: columnsTitle,
        axis: { orient: "top", labelAngle: tilted ? -30 : 0, ticks: false, domain: false },
      },
    },
    layer: [
      { mark: { type: "rect", stroke: "gray", strokeWidth: 0.5 }, encoding: { color } },
      { mark: "text", encoding: { text: { field: "text" } } },
    ],
  };
}

/** How much two steps are worth together beyond the sum of both. */
function interactionChart(experiment, colors) {
  const given = (experiment.results.interactions || []).filter((each) => hasNumber(each.value) && each.n > 1);
  if (given.length === 0) return null;
  const names = [...new Set(given.flatMap((each) => [each.a, each.b]))];
  const cells = given.flatMap(({ a, b, value, verdict, interval }) => {
    const text = differenceText(value, verdict, digitsOf(interval, metricDigits(experiment)));
    return [
      { row: a, column: b, value, text },
      { row: b, column: a, value, text },
    ];
  });
  const limit = maxOf(cells.map((cell) => Math.abs(cell.value))) || 1;
  const color = {
    field: "value",
    type: "quantitative",
    title: experiment.metric.unit === "%" ? "points" : metricTitle(experiment),
    legend: { format: "+" },
    scale: { domain: [-limit, 0, limit], range: [colors.low, colors.middle, colors.high] },
  };
  const brackets = given.some((each) => isOpen(each.verdict))
    ? " In parentheses: no difference shown."
    : "";
  return {
    title: "Which steps work together",
    caption:
      "Interaction in " + metricTitle(experiment) + ": both steps, minus each alone, plus none. " +
      (experiment.metric.higher_is_better ? "Above 0 the two help each other; below" : "Below 0 the two help each other; above") +
      " 0 they get in each other's way." +
      brackets,
    spec: heatMap(cells, null, null, names, names, color),
  };
}

function gridChart(experiment, colors) {
  const grid = experiment.results.grid;
  if (!grid || grid.axes.length !== 2) return null;
  const rows = experiment.results.rows.filter((row) => row.cell && row.score);
  if (rows.length === 0) return null;
  const cells = rows.map((row) => ({
    row: row.cell[0],
    column: row.cell[1],
    value: row.score.mean,
    text: spreadText(row.score),
  }));
  const color = {
    field: "value",
    type: "quantitative",
    title: metricTitle(experiment),
    scale: {
      domain: widened(
        cells.map((cell) => cell.value),
        0,
      ),
      range: [colors.middle, colors.high],
    },
  };
  const [down, across] = grid.axes;
  return {
    title: "Every combination",
    caption: scoreTitle(experiment) + ".",
    spec: heatMap(cells, down.pointer, across.pointer, down.values, across.values, color),
  };
}
