"use strict";
// Draws every chart that the data allows, again when the reader's theme changes.

const singleCharts = [
  staircaseChart,
  effectChart,
  interactionChart,
  gridChart,
  macsChart,
  timeChart,
  scoreCurves,
  lossCurves,
];
const severalCharts = [compareScores, compareEffects, compareMacs];

/** A figure with its heading, caption and the place of the chart. */
function addFigure(section, title, caption) {
  const figure = document.createElement("figure");
  const heading = document.createElement("h2");
  heading.textContent = title;
  const text = document.createElement("figcaption");
  text.textContent = caption;
  const place = document.createElement("div");
  place.className = "chart";
  figure.append(heading, text, place);
  section.append(figure);
  return place;
}

async function drawCharts(experiments, dark) {
  const colors = themeColors(dark);
  const section = document.getElementById("charts");
  section.replaceChildren();
  document.documentElement.classList.toggle("dark-charts", dark);
  const charts =
    experiments.length > 1
      ? severalCharts.map((chart) => chart(experiments, colors))
      : singleCharts.map((chart) => chart(experiments[0], colors));
  for (const { title, caption, spec } of charts.filter(Boolean)) {
    const place = addFigure(section, title, caption);
    const file = title.toLowerCase().replace(/[^a-z0-9]+/g, "_");
    try {
      await vegaEmbed(
        place,
        { description: title, ...spec },
        {
          mode: "vega-lite",
          renderer: "svg",
          config: themeConfig(colors),
          downloadFileName: file,
          scaleFactor: 2,
          actions: { export: true, source: false, compiled: false, editor: false },
          tooltip: { theme: dark ? "dark" : "light" },
        },
      );
    } catch (error) {
      place.textContent = "This chart cannot be drawn: " + error.message;
      console.error(title, error);
    }
  }
  document.documentElement.dataset.charts = "drawn";
}

if (typeof vegaEmbed === "function") {
  const { experiments } = JSON.parse(document.getElementById("data").textContent);
  const theme = matchMedia("(prefers-color-scheme: dark)");
  theme.addEventListener("change", () => drawCharts(experiments, theme.matches));
  drawCharts(experiments, theme.matches);
}
