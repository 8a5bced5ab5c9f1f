#include <algorithm>
#include <filesystem>
#include <iostream>

#include "arguments.h"
#include "console.h"
#include "open_page.h"
#include "output_place.h"
#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/base/text.h"
#include "staircase/report/comparison.h"
#include "staircase/report/folder.h"
#include "staircase/report/report.h"
#include "staircase/report/report_html.h"

namespace staircase::apps {
namespace {

/// What is printed of a report.
enum class Format { text, csv, json, md, html };

Format format_option(const Arguments& arguments, bool several) {
  const auto wanted = arguments.get<std::string>("format");
  const std::vector<std::string> known{"text", "csv", "json", "md", "html"};
  const auto at = std::find(known.begin(), known.end(), wanted);
  if (at == known.end())
    throw RequestError("--format: \"" + wanted + "\" is not one of " + join(known) + did_you_mean(wanted, known));
  const auto format = static_cast<Format>(at - known.begin());
  if (several && format != Format::text && format != Format::json)
    throw RequestError("--format " + wanted + ": is of one folder; several give text or json, and their page by --out");
  if (arguments.json() && arguments.has("format") && format != Format::json)
    throw RequestError("--json and --format " + wanted + ": are two formats; name one");
  return arguments.json() ? Format::json : format;
}

/// The reports are in the folder already.
std::string text_of(const analysis::Results& results, const std::string& folder, Format format) {
  if (format == Format::csv) return report::report_csv(results);
  if (format == Format::text)
    return report::report_terminal(results, terminal_width(), folder) +
           "\nWrote report.html, report.md, results.json and the .csv tables in " + folder + ".\n";
  const report::ReportData data = report::report_data(folder, results);
  return format == Format::md ? report::report_markdown(data.results, &data) : report::report_html({data});
}

void report_one(const std::string& folder, Format format) {
  const analysis::Results results = report::report_folder(folder);
  print_warnings(results.warnings);
  if (format == Format::json) print_json(analysis::write_result(results));
  else std::cout << text_of(results, folder, format);
}

/// The page must not take the place of a report that a folder has of its own.
void check_out(const std::string& out, const Words& folders) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path place = fs::weakly_canonical(out, error);
  for (const std::string& folder : folders) {
    const fs::path whole = fs::weakly_canonical(folder + "/.", error), inside = place.lexically_relative(whole);
    if (!inside.empty() && *inside.begin() != "..")
      throw RequestError("--out " + out + ": lies in " + folder +
                         ", which keeps its own report; name a file outside of the folders");
  }
}

/// One page for all; the folders stay as they are.
void report_several(const Words& folders, const std::string& out, bool json) {
  const auto experiments = report::read_experiments({folders.begin(), folders.end()});
  check_out(out, folders);
  check_output(out, "--out");
  write_file_atomically(out, report::report_html(experiments));
  config::Json results = config::Json::array();
  for (const report::ReportData& experiment : experiments) {
    print_warnings(experiment.results.warnings);
    results.push_back(analysis::write_result(experiment.results));
  }
  if (json) print_json(results);
  else std::cout << report::comparison_terminal(experiments) << "\nWrote " << out << ".\n";
}

}  // namespace

int run_report(const Words& words) {
  Arguments arguments(
      "report",
      "Writes report.html, report.md, results.csv and results.json from what a folder of results holds.\n"
      "Several folders are put side by side on one page; they stay as they are.",
      "DIR...", "staircase report runs/quickstart");
  arguments.options()("out", "the page for several folders",
                      cxxopts::value<std::string>()->default_value("comparison.html"),
                      "FILE.html")("format", "what is printed: the tables, or one of the files of the report",
                                   cxxopts::value<std::string>()->default_value("text"), "text|csv|json|md|html")(
      "open", "show the page in a browser: $BROWSER, else by xdg-open");
  if (!arguments.parse(words, 1, 100)) return 0;
  const Words& folders = arguments.positional();
  const auto out = arguments.get<std::string>("out");
  const bool several = folders.size() > 1;
  if (!several && arguments.has("out"))
    throw RequestError("--out: is for several folders; the report of one lies in the folder");
  const Format format = format_option(arguments, several);
  if (several) report_several(folders, out, format == Format::json);
  else report_one(folders[0], format);
  if (arguments.has("open"))
    open_page(several ? std::filesystem::path(out) : std::filesystem::path(folders[0]) / "report.html");
  return 0;
}

}  // namespace staircase::apps
