"use strict";

/** 95 % interval of a difference, as the results have it; null: fewer than two pairs of seeds. */
const intervalOf = (difference) =>
  Array.isArray(difference.interval) && difference.interval.every(hasNumber) ? difference.interval : null;

const verdicts = {
  shown: "difference shown",
  none: "no difference shown",
  unknown: "no interval known",
  paper: "paper",
};

/** What the steps were worth: as the design estimates it, else each row against the one it is compared with. */
function effectRows(experiment) {
  const rows = chartRows(experiment);
  const byName = new Map(rows.map((row) => [row.name, row]));
  const given = experiment.results.effects;
  const effects =
    Array.isArray(given) && given.length > 0
      ? given.map((effect) => ({
          name: effect.step,
          value: effect.n > 1 ? effect.value : null, // one seed's is noise
          interval: intervalOf(effect),
          verdict: effect.verdict,
        }))
      : rows
          .filter((row) => row.delta && row.delta.n > 1)
          .map((row) => ({
            name: row.name,
            value: row.delta.mean,
            interval: intervalOf(row.delta),
            verdict: row.delta.verdict,
          }));
  return effects
    .filter((effect) => hasNumber(effect.value))
    .map(({ name, value, interval, verdict }) => {
      const row = byName.get(name) || { label: name, paperDelta: null };
      const digits = digitsOf(interval, metricDigits(experiment));
      return {
        label: row.label,
        value,
        low: interval ? interval[0] : null,
        high: interval ? interval[1] : null,
        paper: row.paperDelta,
        verdict: !interval ? verdicts.unknown : isOpen(verdict) ? verdicts.none : verdicts.shown,
        text:
          signed(value, digits) +
          (interval ? "  [" + signed(interval[0], digits) + ", " + signed(interval[1], digits) + "]" : ""),
      };
    });
}

/** A point a step with its interval; the verdict is a shape, so it needs no color. */
function effectChart(experiment, colors) {
  const rows = effectRows(experiment);
  if (rows.length === 0) return null;
  const labels = rows.map((row) => row.label),
    width = 430;
  const hasPaper = rows.some((row) => row.paper !== null);
  const domain = widened(
    rows.flatMap((row) => [row.value, row.low, row.high, row.paper, 0]).filter(hasNumber),
    0.05,
  );
  const shown = Object.values(verdicts).filter((verdict) =>
    verdict === verdicts.paper ? hasPaper : rows.some((row) => row.verdict === verdict),
  );
  const shapes = {
    [verdicts.shown]: "circle",
    [verdicts.none]: "square",
    [verdicts.unknown]: "triangle-up",
    [verdicts.paper]: "diamond",
  };
  const y = labelAxis(labels, true);
  const x = {
    field: "value",
    type: "quantitative",
    title: differenceTitle(experiment),
    scale: { domain, nice: false },
  };
  // Shape, filling and outline share one legend because they share field, domain and title.
  const channel = (range) => ({
    field: "verdict",
    type: "nominal",
    title: null,
    scale: { domain: shown, range },
    legend: { orient: "top", symbolStrokeWidth: 1.6 },
  });
  const shape = channel(shown.map((each) => shapes[each]));
  const fill = channel(shown.map((each) => (each === verdicts.shown ? colors.ours : colors.page)));
  const stroke = channel(shown.map((each) => (each === verdicts.paper ? colors.ink : colors.ours)));
  const layer = [
    {
      data: { values: [{}] },
      mark: { type: "rule", color: colors.muted, strokeWidth: 1.2 },
      encoding: { x: { datum: 0 } },
    },
    {
      transform: [{ filter: "isValid(datum.low)" }],
      mark: { type: "rule", color: colors.ours, strokeWidth: 2.5 },
      encoding: { y, x: { ...x, field: "low" }, x2: { field: "high" } },
    },
    {
      mark: { type: "point", size: 90, strokeWidth: 2, opacity: 1 },
      encoding: {
        y,
        x,
        shape,
        fill,
        stroke,
        tooltip: [{ field: "label", title: "step" }, { field: "text", title: "worth" }, { field: "verdict" }],
      },
    },
    textColumn("text", width + 10, labels),
  ];
  if (hasPaper)
    layer.splice(1, 0, {
      transform: [
        { filter: "isValid(datum.paper)" },
        { calculate: "'" + verdicts.paper + "'", as: "verdict" },
      ],
      mark: { type: "point", size: 80, strokeWidth: 1.2, opacity: 1 },
      encoding: { y, x: { ...x, field: "paper" }, shape, fill, stroke },
    });
  const bars = rows.some((row) => row.low !== null) ? " Bars: 95 % intervals over the seeds." : "";
  const filled = shown.includes(verdicts.shown) ? " Filled: the difference is told apart from 0." : "";
  return {
    title: "What each step was worth",
    caption: differenceTitle(experiment) + "." + bars + filled,
    spec: { data: { values: rows }, width, height: { step: 24 }, layer },
  };
}
