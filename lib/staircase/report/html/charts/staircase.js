"use strict";

/** The axis of the bars, which does not start at 0: the steps would all look alike. */
function barDomain(values) {
  const low = minOf(values),
    high = maxOf(values),
    span = high - low || Math.min(5, high),
    start = low - 0.15 * span;
  return [Math.max(0, high < 2 ? start : Math.floor(start)), high + 0.03 * span]; // a loss is no percentage
}

/** Bars of `field` from the axis' start; outlines only where `outline` is set. */
function barLayer(field, domain, title, labels, style, shown = false) {
  return {
    transform: [{ filter: "isValid(datum." + field + ")" }],
    mark: { type: "bar", clip: true, ...style },
    encoding: {
      y: labelAxis(labels, shown),
      x: {
        field,
        type: "quantitative",
        title,
        scale: { domain, nice: false, zero: false },
        axis: { tickCount: 5 },
      },
      x2: { datum: domain[0] },
    },
  };
}

/** A column of texts beside a panel of that width. */
const textColumn = (field, x, labels, style = {}) => ({
  mark: { type: "text", align: "left", ...style },
  encoding: { y: { field: "label", type: "nominal", sort: labels }, x: { value: x }, text: { field } },
});

function scorePanel(rows, labels, experiment, together, colors) {
  const width = 380;
  const values = rows.flatMap((row) => [
    row.score,
    ...row.seeds.map((seed) => seed.score),
    together ? row.paper : null,
  ]);
  const domain = barDomain(values.filter(hasNumber));
  const bars = barLayer(
    "score",
    domain,
    scoreTitle(experiment),
    labels,
    { height: { band: 0.62 }, stroke: colors.ours },
    true,
  );
  bars.encoding.color = { value: colors.ours };
  bars.encoding.fillOpacity = { condition: { test: "datum.side", value: 0.18 }, value: 0.85 };
  bars.encoding.strokeDash = { condition: { test: "datum.side", value: [4, 3] }, value: [1, 0] };
  bars.encoding.tooltip = [
    { field: "name" },
    { field: "scoreText", title: metricTitle(experiment) },
    { field: "macsText", title: "MACs" },
  ];
  const seeds = {
    data: {
      values: rows.flatMap((row) =>
        row.seeds.length > 1 ? row.seeds.map((each) => ({ label: row.label, ...each })) : [],
      ),
    },
    mark: { type: "point", size: 22, filled: true, color: colors.ink, opacity: 0.75 },
    encoding: {
      y: labelAxis(labels, true),
      x: { field: "score", type: "quantitative" },
      tooltip: [{ field: "label" }, { field: "seed" }, { field: "score" }],
    },
  };
  const outline = barLayer(
    "paper",
    domain,
    "",
    labels,
    { height: { band: 0.86 }, filled: false, stroke: colors.ink, strokeWidth: 1.2 },
    true,
  );
  const layer = [
    bars,
    ...(together ? [outline] : []),
    seeds,
    textColumn("scoreText", width + 8, labels),
    textColumn("deltaText", width + 106, labels, { color: colors.muted }),
  ];
  return { width, height: { step: 24 }, layer };
}

function paperPanel(rows, labels, colors) {
  const width = 150;
  const domain = barDomain(rows.map((row) => row.paper).filter(hasNumber));
  const outline = barLayer("paper", domain, "Paper: ImageNet top-1 (%)", labels, {
    height: { band: 0.62 },
    filled: false,
    stroke: colors.ink,
    strokeWidth: 1.2,
  });
  outline.encoding.strokeDash = { condition: { test: "datum.side", value: [4, 3] }, value: [1, 0] };
  return { width, height: { step: 24 }, layer: [outline, textColumn("paperText", width + 8, labels)] };
}

function macsPanel(rows, labels, colors) {
  const width = 90,
    highest = maxOf(rows.map((row) => row.macs));
  const bars = barLayer("macs", [0, highest], "MACs", labels, { height: { band: 0.3 }, color: colors.muted });
  bars.encoding.x.axis = { format: "~s", tickCount: 2 };
  return { width, height: { step: 24 }, layer: [bars, textColumn("macsText", width + 8, labels)] };
}

/** Whether a difference was judged: one seed's is noise, and a design that asks for other differences judges those. */
const isShown = (delta) => Boolean(delta) && Boolean(delta.verdict);

/** What parentheses around differences mean, where there are any, and what their absence does not. */
function openText(rows) {
  const differences = rows.filter((row) => row.deltaText).map((row) => row.delta);
  return differences.some((each) => isOpen(each.verdict)) ? ", in parentheses where no difference is shown" : "";
}

/** Figure 2 of the ConvNeXt paper, of this experiment: a bar a step, MACs beside it, the paper's own as outlines. */
function staircaseChart(experiment, colors) {
  const rows = chartRows(experiment).map((row) => ({
    ...row,
    deltaText: isShown(row.delta)
      ? differenceText(row.delta.mean, row.delta.verdict, digitsOf(row.delta.interval, metricDigits(experiment)))
      : "",
    paperText: row.paper === null ? "" : row.paper.toFixed(2),
    macsText: countText(row.macs),
  }));
  const scores = rows.map((row) => row.score).filter(hasNumber);
  if (scores.length === 0) return null;
  const labels = rows.map((row) => row.label);
  const papers = rows.map((row) => row.paper).filter(hasNumber);
  // Small experiments lie far below ImageNet's numbers: one axis for both would flatten every step.
  const together =
    papers.length > 0 && minOf(papers) < maxOf(scores) + 3 && maxOf(papers) > minOf(scores) - 3;
  const panels = [scorePanel(rows, labels, experiment, together, colors)];
  if (papers.length > 0 && !together) panels.push(paperPanel(rows, labels, colors));
  panels.push(macsPanel(rows, labels, colors));
  const caption = ["The axes of the bars do not start at 0."];
  if (rows.some((row) => row.deltaText))
    caption.push("Behind each bar: " + metricTitle(experiment) + " and the difference to the row it is compared with" + openText(rows) + ".");
  if (rows.some((row) => row.side)) caption.push("Dashed, in parentheses: tried and not carried on.");
  if (papers.length > 0)
    caption.push("Outlines: the paper's own numbers, trained on ImageNet for 300 epochs.");
  if (rows.some((row) => row.seeds.length > 1)) caption.push("Dots: single seeds.");
  return {
    title:
      experiment.results.design === "cumulative" && experiment.results.kind === "ablation"
        ? "Staircase"
        : scoreWord(experiment),
    caption: caption.join(" "),
    spec: { data: { values: rows }, hconcat: panels, spacing: 20, resolve: { scale: { y: "shared" } } },
  };
}
