#include "eval_data.h"

#include <algorithm>
#include <filesystem>

#include "console.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/data/class_folders.h"
#include "staircase/data/open_data.h"
#include "staircase/data/shards.h"
#include "staircase/interop/class_names.h"

namespace staircase::apps {
namespace {

namespace fs = std::filesystem;

/// The built-in set of that name, if there is one.
std::optional<config::DataKind> drawn_kind(const std::string& name) {
  for (const auto kind : {config::DataKind::objects, config::DataKind::shapes})
    if (name == config::to_name(kind)) return kind;
  return std::nullopt;
}

/// Image size and normalization are those of the weights, unless a JSON file says otherwise.
config::DataOptions data_options(const std::string& argument, const config::DataOptions& trained) {
  if (argument.ends_with(".json"))
    return config::read_options<config::DataOptions>(config::read_json_file(argument), {argument, "/data"}, trained);
  config::DataOptions options = trained;
  const auto drawn = drawn_kind(argument);
  if (drawn == trained.kind) return options;
  // Another kind of data than the weights saw keeps only size and normalization.
  if (drawn || config::is_drawn(trained.kind)) {
    options = config::DataOptions{};
    options.image_size_px = trained.image_size_px;
    options.mean = trained.mean;
    options.std = trained.std;
    options.kind = drawn.value_or(config::DataKind::image_folder);
  }
  if (!drawn) options.path = argument;
  if (config::has_photographs(options.kind))
    options.kind = data::is_shard_folder(argument) ? config::DataKind::shards : config::DataKind::image_folder;
  return options;
}

/// Only a JSON file that says so limits how many images may be damaged: a limit of the training is none of a look at it.
bool limits_damage(const std::string& argument) {
  return argument.ends_with(".json") && config::read_json_file(argument).contains("max_bad_fraction");
}

/// The images whose class is an output of a network, labelled by it.
class Relabelled : public data::Dataset {
 public:
  Relabelled(std::shared_ptr<const data::Dataset> images, std::vector<std::optional<int64_t>> outputs)
      : images_(std::move(images)), outputs_(std::move(outputs)) {
    for (size_t i = 0; i < images_->size(); ++i)
      if (output_of(i)) kept_.push_back(i);
  }
  size_t size() const override { return kept_.size(); }
  data::Image image(size_t index) const override { return images_->image(kept_.at(index)); }
  data::ImagePart part(size_t index, const data::ChoosePart& choose) const override {
    return images_->part(kept_.at(index), choose);
  }
  int64_t label(size_t index) const override { return *output_of(kept_.at(index)); }
  std::string name(size_t index) const override { return images_->name(kept_.at(index)); }
  void visit_files(const data::FileVisitor& visit) const override {
    size_t image = 0;
    images_->visit_files([&](std::string_view file, uint64_t bytes) {
      if (output_of(image++)) visit(file, bytes);
    });
  }

 private:
  const std::optional<int64_t>& output_of(size_t image) const {
    return outputs_.at(static_cast<size_t>(images_->label(image)));
  }

  std::shared_ptr<const data::Dataset> images_;
  std::vector<std::optional<int64_t>> outputs_;
  std::vector<size_t> kept_;
};

/// The folder whose folders are classes: that of a part, or the folder itself where it has no parts.
fs::path class_root(const fs::path& folder, const std::optional<std::string>& part) {
  std::vector<std::string> there;
  for (const char* name : {"train", "val", "validation", "test"})
    if (fs::is_directory(folder / name)) there.emplace_back(name);
  if (there.empty()) {
    if (!part) return folder;
    throw RequestError("--part " + *part + ": " + folder.string() +
                       " has no parts (folders train, val, validation, test); without --part all of it is evaluated");
  }
  std::string wanted = part.value_or("val");
  if (wanted == "val" && !fs::is_directory(folder / "val")) wanted = "validation";
  if (fs::is_directory(folder / wanted) && !(wanted == "val" && fs::is_directory(folder / "validation")))
    return folder / wanted;
  if (wanted == "val") throw RequestError(folder.string() + ": has both val and validation, expected one of them");
  throw RequestError("--part " + part.value_or("val") + ": " + folder.string() +
                     " has no such folder; of the parts it has " + join(there));
}

void check_part(const std::optional<std::string>& part) {
  if (!part || *part == "train" || *part == "val" || *part == "test") return;
  throw RequestError("--part " + *part + ": allowed are train, val and test" +
                     did_you_mean(*part, {"train", "val", "test"}));
}

data::ClassFolders open_folders(const config::DataOptions& options, const std::optional<std::string>& part) {
  std::error_code error;
  if (!fs::is_directory(options.path, error))
    throw RequestError("--data " + options.path + ": " +
                       (fs::exists(options.path, error) ? "is not a folder" : "does not exist"));
  data::ClassFolders folders = data::open_class_folders(class_root(options.path, part));
  if (const std::string text = data::left_out_text(folders.passed_over); !text.empty()) print_warning(text);
  return folders;
}

std::shared_ptr<const data::Dataset> part_of(const data::DataSource& source, const std::string& part) {
  const auto images = part == "train" ? source.train : part == "val" ? source.val : source.test;
  if (!images) throw RequestError("--part " + part + ": the data has no such part");
  return images;
}

/// The network's output for each class of the data; empty for one that is left out.
std::vector<std::optional<int64_t>> outputs_of(const std::vector<std::string>& classes, const EvalRequest& request,
                                               const interop::ModelDescription& description,
                                               const std::string& weights) {
  if (!request.known_classes_only) {
    const auto outputs =
        interop::find_classes(description, classes, weights, "--known-classes-only leaves images of such classes out");
    return {outputs.begin(), outputs.end()};
  }
  auto outputs = interop::known_classes(description, classes, weights);
  if (std::none_of(outputs.begin(), outputs.end(), [](const auto& each) { return each.has_value(); }))
    interop::find_classes(description, classes, weights);  // says what it knows instead
  return outputs;
}

std::vector<UnknownClass> unknown_classes(const data::Dataset& images, const std::vector<std::string>& classes,
                                          const std::vector<std::optional<int64_t>>& outputs) {
  std::vector<int64_t> counts(classes.size());
  for (size_t i = 0; i < images.size(); ++i) ++counts.at(static_cast<size_t>(images.label(i)));
  std::vector<UnknownClass> unknown;
  for (size_t i = 0; i < classes.size(); ++i)
    if (!outputs[i]) unknown.push_back({classes[i], counts[i]});
  return unknown;
}

}  // namespace

EvalData open_eval_data(const EvalRequest& request, const interop::ModelDescription& description,
                        const std::string& weights) {
  check_part(request.part);
  EvalData opened;
  opened.options = data_options(request.data, description.data);
  if (request.image_size_px) opened.options.image_size_px = *request.image_size_px;
  std::shared_ptr<const data::Dataset> images;
  std::vector<std::string> names;
  if (opened.options.kind == config::DataKind::image_folder) {
    data::check_data_options(opened.options, {request.data, "/data"});
    data::ClassFolders folders = open_folders(opened.options, request.part);
    images = folders.images;
    names = folders.class_names;
  } else {
    const data::DataSource source = data::open_data(opened.options, {request.data, "/data"});
    images = part_of(source, request.part.value_or("val"));
    names = source.class_names;
    opened.channels = source.channels;
  }
  if (!limits_damage(request.data)) opened.options.max_bad_fraction = 1.0;
  const auto outputs = outputs_of(names, request, description, weights);
  for (const auto& output : outputs)
    if (output) opened.classes.push_back(*output);
  opened.left_out = unknown_classes(*images, names, outputs);
  opened.images = std::make_shared<Relabelled>(images, outputs);
  return opened;
}

}  // namespace staircase::apps
