#include <iostream>

#include "arguments.h"
#include "console.h"
#include "staircase/base/counted.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/runs/disposable.h"
#include "staircase/runs/result_folders.h"

namespace staircase::apps {
namespace {

namespace fs = std::filesystem;
using runs::Disposable;

std::string megabytes(uintmax_t bytes) { return decimals(static_cast<double>(bytes) / 1e6, 1) + " MB"; }

uintmax_t sum_of(const std::vector<Disposable>& list) {
  uintmax_t bytes = 0;
  for (const Disposable& each : list) bytes += each.bytes;
  return bytes;
}

/// Folders that cannot be read are left alone, and named.
std::vector<Disposable> collect(const fs::path& place, bool remove) {
  std::vector<Disposable> all;
  for (const fs::path& folder : runs::result_folders(place)) {
    try {
      const auto of_folder = remove ? runs::remove_disposable(folder) : runs::find_disposable(folder);
      all.insert(all.end(), of_folder.begin(), of_folder.end());
    } catch (const RequestError& error) {
      print_warning(error.what());
    }
  }
  return all;
}

config::Json to_json(const std::vector<Disposable>& list, bool removed) {
  config::Json items = config::Json::array();
  for (const Disposable& each : list)
    items.push_back({{"path", each.path.string()}, {"why", each.why}, {"bytes", each.bytes}});
  return {{"removed", removed}, {"bytes", sum_of(list)}, {"items", items}};
}

void print_list(const std::vector<Disposable>& list, bool removed, const std::string& place) {
  if (list.empty()) {
    std::cout << place << ": holds nothing that may go\n";
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const Disposable& each : list) rows.push_back({each.path.string(), megabytes(each.bytes), each.why});
  print_table({removed ? "removed" : "may go", "size", "why"}, {false, true, false}, rows);
  std::cout << counted(static_cast<long long>(list.size()), "entry", "entries") << ", " << megabytes(sum_of(list));
  if (removed) std::cout << " removed.\n";
  else std::cout << "; nothing was removed: staircase clean " << place << " --yes does it.\n";
}

}  // namespace

int run_clean(const Words& words) {
  Arguments arguments(
      "clean",
      "What may go from the folders of results in DIR (default: runs): checkpoints of runs that are done, damaged\n"
      "files that were set aside, what killed processes left, and folders in which nothing was trained. Results,\n"
      "checkpoints that runs go on from, unknown files and what others work on stay. Shows it; --yes removes it.",
      "[DIR]", "staircase clean runs --yes");
  arguments.options()("yes", "remove it")("dry-run", "only show it, as without --yes");
  if (!arguments.parse(words, 0, 1)) return 0;
  const bool remove = arguments.has("yes");
  if (remove && arguments.has("dry-run")) throw RequestError("clean: --yes and --dry-run are two ways; name one");
  const std::string place = arguments.positional().empty() ? "runs" : arguments.positional()[0];
  const std::vector<Disposable> list = collect(place, remove);
  if (arguments.json()) print_json(to_json(list, remove));
  else print_list(list, remove, place);
  return 0;
}

}  // namespace staircase::apps
