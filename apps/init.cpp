#include <cctype>
#include <filesystem>
#include <iostream>

#include "arguments.h"
#include "console.h"
#include "first_experiment.h"
#include "output_place.h"
#include "staircase/base/counted.h"
#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/base/text.h"
#include "staircase/data/findings.h"
#include "staircase/data/open_data.h"
#include "staircase/data/split_folder.h"
#include "staircase/experiment/design.h"
#include "staircase/runs/run_weights.h"
#include "weights.h"

namespace staircase::apps {
namespace {

namespace fs = std::filesystem;

/// What may name an experiment: other characters become "_".
std::string plain_name(const fs::path& folder) {
  const fs::path whole = fs::absolute(folder).lexically_normal();
  std::string name = (whole.has_filename() ? whole : whole.parent_path()).filename().string();
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '-' && c != '.') c = '_';
  if (name.empty() || name.front() == '.') name = "photographs" + name;
  return name.substr(0, 100);
}

/// The folder that the experiment trains on: DIR, or the split of it that was asked for.
fs::path data_folder(const Arguments& arguments) {
  const std::string& folder = arguments.positional()[0];
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) throw RequestError(folder + ": there is no such folder");
  if (!arguments.has("split")) return folder;
  const auto to = arguments.get<std::string>("split");
  if (fs::is_directory(fs::path(folder) / "train", ignored))
    throw RequestError("--split: " + folder + " has a folder train, so it is split already");
  data::split_folder(folder, to);
  return to;
}

/// A split whose experiment was not written goes again.
class NewSplit {
 public:
  /// Empty: none was made.
  explicit NewSplit(fs::path folder) : folder_(std::move(folder)) {}
  ~NewSplit() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }
  NewSplit(const NewSplit&) = delete;
  NewSplit& operator=(const NewSplit&) = delete;

  void keep() { folder_.clear(); }

 private:
  fs::path folder_;
};

data::DataSource open_photographs(const fs::path& folder, const std::string& word) {
  config::DataOptions options;
  options.kind = config::DataKind::image_folder;
  options.path = folder.string();
  options.image_size_px = 224;
  try {
    return data::open_data(options, {"init", "DIR"});
  } catch (const RequestError& error) {
    std::error_code ignored;
    if (fs::exists(folder / "train", ignored) || !fs::is_directory(folder, ignored)) throw;
    throw RequestError(std::string(error.what()) + "; where it has one folder of images a class, --split " + word +
                       "-split makes both");
  }
}

/// `out`: the file that is to say the path, at which a relative one starts.
Photographs look_at(const data::DataSource& source, const fs::path& folder, const std::string& name,
                    const fs::path& out) {
  Photographs photographs{name, "", std::vector<int64_t>(source.class_names.size(), 0),
                          static_cast<int64_t>(source.val->size()), data::survey_images(*source.train)};
  photographs.path = out.has_parent_path() ? fs::absolute(folder).lexically_normal().string() : folder.string();
  for (size_t i = 0; i < source.train->size(); ++i)
    ++photographs.class_counts.at(static_cast<size_t>(source.train->label(i)));
  const data::Survey& seen = photographs.sizes;
  if (seen.median_side_px == 0 && !seen.faults.empty())
    throw RequestError(folder.string() + ": none of " +
                       counted(static_cast<long long>(seen.looked_at), "photograph that was", "photographs that were") +
                       " looked at can be read; " + seen.faults.front());
  return photographs;
}

std::optional<StartWeights> start_weights(const Arguments& arguments) {
  if (!arguments.has("weights")) return std::nullopt;
  const interop::ModelFile file = open_weights(arguments);
  const fs::path place = runs::find_weights(arguments.get<std::string>("weights"));
  return StartWeights{fs::absolute(place).lexically_normal().string(), file.description.model,
                      model_name(file.description.model)};
}

/// What is written is to run as it is.
void check_experiment(const config::Json& content, const std::string& out, const data::DataSource& source) {
  const auto experiment = experiment::resolve_experiment(content, out);
  experiment::design_variants(experiment, static_cast<int64_t>(source.class_names.size()), source.channels);
}

}  // namespace

int run_init(const Words& words) {
  Arguments arguments(
      "init",
      "Looks at a folder of photographs (classes, counts, sizes) and writes a first experiment for it, with the\n"
      "reason of each choice: which of two backbones suits it, or with --weights what a start from them is worth.",
      "DIR", "staircase init photographs");
  arguments.options()("out", "the file to write (default: the folder's name with .json)", cxxopts::value<std::string>(),
                      "FILE.json")(
      "split", "DIR has one folder of images a class and no train and val: make them here, of links to the images",
      cxxopts::value<std::string>(), "DIR");
  add_weights_options(arguments);
  arguments.options()("image-size", "side of the square image, px (default: by the photographs)",
                      cxxopts::value<int64_t>(), "PX");
  if (!arguments.parse(words, 1, 1)) return 0;
  const std::string name = plain_name(arguments.positional()[0]);
  const auto out = arguments.has("out") ? arguments.get<std::string>("out") : name + ".json";
  if (!out.ends_with(".json")) throw RequestError("--out " + out + ": is written as JSON, so its name ends in .json");
  check_output(out, "--out");
  if (std::error_code ignored; fs::exists(out, ignored))
    throw RequestError(out + ": exists already; --out names another file");
  const std::optional<StartWeights> weights = start_weights(arguments);
  const fs::path folder = data_folder(arguments);
  NewSplit split(arguments.has("split") ? folder : fs::path());
  const data::DataSource source = open_photographs(folder, arguments.positional()[0]);
  Photographs photographs = look_at(source, folder, name, out);
  photographs.wanted_size_px = image_size_option(arguments);
  const FirstExperiment first = first_experiment(photographs, weights ? &*weights : nullptr);
  check_experiment(first.content, out, source);
  data::Findings findings = data::find_in_data(source);
  print_warnings(findings.warnings);
  print_warnings(photographs.sizes.faults);
  write_file_atomically(out, first.content.dump(2) + "\n");
  split.keep();
  if (arguments.json()) {
    print_json({{"file", out},
                {"experiment", first.content},
                {"reasons", first.reasons},
                {"notes", findings.notes},
                {"warnings", findings.warnings}});
    return 0;
  }
  for (const std::string& note : findings.notes) std::cout << note << "\n";
  std::cout << "\n" << out << ":\n";
  for (const std::string& reason : first.reasons) std::cout << "  " << reason << "\n";
  std::cout << "\nstaircase preview " << out << " --out preview.png   shows what networks will see\n"
            << "staircase run " << out << " --dry-run             says what it costs\n"
            << "staircase run " << out << "\n";
  return 0;
}

}  // namespace staircase::apps
