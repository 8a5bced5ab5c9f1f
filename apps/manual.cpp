#include <filesystem>
#include <iostream>

#include "arguments.h"
#include "console.h"
#include "manual_pages.h"
#include "staircase/base/errors.h"
#include "staircase/base/files.h"

namespace staircase::apps {
namespace {

/// A file where a folder is to be.
void check_folder(const std::filesystem::path& folder) {
  std::error_code ignored;
  for (std::filesystem::path place = folder; !place.empty(); place = place.parent_path()) {
    if (std::filesystem::is_directory(place, ignored)) return;
    if (std::filesystem::exists(place, ignored))
      throw RequestError(folder.string() + ": cannot be a folder: " + place.string() + " is a file");
  }
}

}  // namespace

int run_manual(const Words& words) {
  Arguments arguments(
      "manual",
      "Writes the manual pages of all commands into DIR, for man -l; cmake --install puts them where man "
      "looks.",
      "DIR", "staircase manual man");
  if (!arguments.parse(words, 1, 1)) return 0;
  const std::filesystem::path folder = arguments.positional()[0];
  check_folder(folder);
  const std::vector<HelpPage> pages = help_pages(computing_here());
  make_folder(folder);
  config::Json files = config::Json::array();
  const auto write = [&](const std::string& name, const std::string& text) {
    write_file_atomically(folder / name, text);
    files.push_back((folder / name).string());
  };
  write("staircase.1", main_page());
  write("staircase-experiment.5", experiment_page());
  for (size_t i = 0; i < pages.size(); ++i)
    write("staircase-" + pages[i].command + ".1", command_page(all_commands()[i], pages[i]));
  if (arguments.json()) print_json({{"files", files}});
  else std::cout << "Wrote " << files.size() << " pages in " << folder.string() << ".\n";
  return 0;
}

}  // namespace staircase::apps
