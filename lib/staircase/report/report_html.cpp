#include "staircase/report/report_html.h"

#include "staircase/base/build_info.h"
#include "staircase/base/text.h"
#include "staircase/report/answer.h"
#include "staircase/report/classes.h"
#include "staircase/report/comparison.h"
#include "staircase/report/context_table.h"
#include "staircase/report/effect_table.h"
#include "staircase/report/embedded.h"
#include "staircase/report/html_text.h"
#include "staircase/report/notes.h"
#include "staircase/report/origin.h"
#include "staircase/report/training.h"
#include "staircase/report/use.h"

namespace staircase::report {
namespace {

using config::Json;

std::string section(const std::string& title, const std::string& content) {
  return content.empty() ? "" : "<section>\n<h2>" + escape_html(title) + "</h2>\n" + content + "</section>\n";
}

std::string list(const std::vector<std::string>& lines) {
  std::string html;
  for (const std::string& line : lines) html += "<li>" + escape_html(line) + "</li>\n";
  return html.empty() ? html : "<ul class=\"notes\">\n" + html + "</ul>\n";
}

std::string warnings(const ReportData& experiment) {
  std::string html;
  for (const std::string& line : experiment.results.warnings)
    html += "<p class=\"warning\">Warning: " + escape_html(line) + ".</p>\n";
  return html;
}

std::string introduction(const ReportData& experiment) {
  const analysis::Results& results = experiment.results;
  const std::string& description = results.description;
  std::vector<std::string> lines = notes(results);
  if (const std::string line = best_weights_line(results, experiment.folder); !line.empty()) lines.push_back(line);
  std::string answer;
  for (const std::string& line : answer_lines(results)) answer += "<p>" + escape_html(line) + ".</p>\n";
  if (!answer.empty()) answer = "<div class=\"answer\">\n" + answer + "</div>\n";
  return answer + (description.empty() ? "" : "<p class=\"description\">" + escape_html(description) + "</p>\n") +
         list(lines) + warnings(experiment);
}

std::string json_details(const std::string& summary, const Json& content) {
  if (!content.is_object() || content.empty()) return {};
  const std::string text = content.dump(2, ' ', false, Json::error_handler_t::replace);
  return "<details class=\"json\"><summary>" + summary + "</summary>\n<pre>" + escape_html(text) + "</pre></details>\n";
}

std::string configuration(const ReportData& experiment) {
  return json_details("experiment.json, with every default", experiment.experiment) +
         json_details("What each row was trained with, with every default", configurations(experiment.results));
}

std::string classes(const Classes& classes) {
  std::string html;
  for (const TitledTable& each : class_tables(classes))
    html += "<p>" + escape_html(each.title) + "</p>\n" + html_table(each.table);
  return html;
}

/// What made the numbers; `prefix` tells several experiments apart.
std::string background(const ReportData& experiment, const std::string& prefix) {
  const analysis::Results& results = experiment.results;
  return section(prefix + "Classes", classes(experiment.classes)) +
         section(prefix + "Failed runs", list(failure_lines(results))) +
         section(prefix + "Training", list(data_lines(experiment.trained)) + list(recipe_lines(experiment.trained)) +
                                          html_table(training_table(experiment.trained))) +
         section(prefix + "Cost", html_table(cost_table(results))) +
         section(prefix + "Machine and versions", html_table(origin_table(results))) +
         section(prefix + "Runs", html_table(run_table(results, experiment.folder))) +
         section(prefix + "Configuration", configuration(experiment));
}

std::string sections(const ReportData& experiment) {
  const analysis::Results& results = experiment.results;
  return section("Table", "<p class=\"hint on-screen\">Sorts by a click on a header.</p>\n" +
                              html_table(main_table(results)) + html_table(context_table(results)) +
                              html_table(tuned_table(results)) + html_table(grid_table(results)) +
                              html_table(effect_table(results)) + html_table(interaction_table(results)) +
                              html_table(subtotal_table(results))) +
         background(experiment, "");
}

std::string sections_side_by_side(const std::vector<ReportData>& experiments) {
  const std::string note = seeds_alone_note(experiments);
  std::string html = section("Table", html_table(comparison_table(experiments)) +
                                          (note.empty() ? "" : "<p class=\"hint\">" + escape_html(note) + ".</p>\n")) +
                     section("What differs besides the steps", html_table(differences_table(experiments)));
  for (const ReportData& experiment : experiments) html += background(experiment, experiment.label + ": ");
  return html;
}

bool has_charts() { return !embedded_file("vega-embed.min.js").empty(); }

std::string scripts() {
  std::vector<std::string_view> names{"table.js"};
  if (has_charts())
    names = {"vega.min.js", "vega-lite.min.js", "vega-embed.min.js", "table.js",  "common.js",  "staircase.js",
             "effects.js",  "heat_map.js",      "cost.js",           "curves.js", "compare.js", "draw.js"};
  std::string html;
  for (const std::string_view name : names) {
    html += "<script>\n";
    html += embedded_file(name);
    html += "\n</script>\n";
  }
  return html;
}

std::string side_by_side_introduction(const std::vector<ReportData>& experiments) {
  const std::string note = other_data_note(experiments);
  std::string html = note.empty() ? "" : "<p class=\"warning\">" + escape_html(note) + ".</p>\n";
  for (const ReportData& experiment : experiments)
    html += "<h2>" + escape_html(experiment.label) + "</h2>\n" + introduction(experiment);
  return html;
}

std::string title_of(const std::vector<ReportData>& experiments) {
  std::vector<std::string> labels;
  for (const ReportData& experiment : experiments) labels.push_back(experiment.label);
  return join(labels, " · ");
}

}  // namespace

std::string report_html(const std::vector<ReportData>& experiments) {
  const bool several = experiments.size() > 1;
  Json drawn = Json::array();
  for (const ReportData& experiment : experiments) drawn.push_back(chart_data(experiment));
  const std::string without =
      has_charts() ? "<noscript><p>The charts need JavaScript; the tables do not.</p></noscript>"
                   : "<p class=\"hint\">This program was built without the chart libraries, so there are "
                     "tables only.</p>";
  return fill_skeleton(
      embedded_file("report.html"),
      {{"title", escape_html(title_of(experiments))},
       {"style", std::string(embedded_file("report.css"))},
       {"introduction", several ? side_by_side_introduction(experiments) : introduction(experiments[0])},
       {"without_charts", without},
       {"sections", several ? sections_side_by_side(experiments) : sections(experiments[0])},
       {"version", escape_html(build_info().version + " (" + build_info().revision + ")")},
       {"data", json_for_script({{"experiments", std::move(drawn)}})},
       {"scripts", scripts()}});
}

}  // namespace staircase::report
