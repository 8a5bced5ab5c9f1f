#include "tensorboard.h"

#include <algorithm>
#include <set>

#include "preview_picture.h"
#include "staircase/data/contact_sheet.h"
#include "staircase/data/encode.h"
#include "staircase/formats/event_file.h"
#include "staircase/runs/ledger.h"

namespace staircase::apps {
namespace {

using config::Json;
using Scalars = std::vector<std::pair<std::string, double>>;

constexpr int64_t points = 1000;  // of a run

Scalars scalars_of(const Json& numbers, const std::string& prefix) {
  Scalars scalars;
  for (const auto& [name, value] : numbers.items())
    if (value.is_number()) scalars.emplace_back(prefix + name, value.get<double>());
  return scalars;
}

/// "/model/norm": value, of each field of a configuration.
Json flat(const config::Configuration& configuration) { return config::write_configuration(configuration).flatten(); }

/// Those of a run's first step, few enough for one look. `folder`: of the experiment.
data::Image first_images(const config::Configuration& configuration, int64_t seed,
                         const std::filesystem::path& folder) {
  const train::TrainJob job = preview_job(configuration, seed, "experiment.json", folder);
  const int64_t most_looked_at = 16, at_most_a_tile_each = 3;
  const int64_t count = std::min({most_looked_at, configuration.recipe.batch_size,
                                  data::most_tiles(configuration.data.image_size_px) / at_most_a_tile_each});
  return preview_picture(train::preview_images(job, 0, count), job.data.class_names);
}

}  // namespace

/// One run. What keeps events from being written is said once, and the run goes on.
class Tensorboard::Run : public execution::RunObserver {
 public:
  Run(const std::filesystem::path& folder, const Row& row, int64_t seed, std::unique_ptr<execution::RunObserver> inner)
      : folder_(folder), fields_(row.fields), configuration_(row.configuration), seed_(seed), inner_(std::move(inner)) {
    fields_["seed"] = seed;
  }

  void on_start() override {
    inner_->on_start();
    if (!std::filesystem::exists(folder_)) add_preview();  // a run that goes on has it
  }
  void on_step(const train::StepReport& report) override {
    inner_->on_step(report);
    step_ = report.step;
    if (report.step % std::max<int64_t>(1, report.steps / points) != 0) return;
    write([&](formats::EventFile& file) {
      file.add_scalars(report.step, {{"step/loss", report.loss},
                                     {"step/learning_rate", report.learning_rate},
                                     {"step/images_per_second", report.images_per_second}});
    });
  }
  void on_epoch(const Json& line) override {
    inner_->on_epoch(line);
    write([&](formats::EventFile& file) { file.add_scalars(step_, scalars_of(line, "epoch/")); });
  }
  void on_end(const Json& summary) override {
    inner_->on_end(summary);
    write([&](formats::EventFile& file) {
      const Scalars last = scalars_of(summary, "final/");
      std::vector<std::string> tags;
      for (const auto& [tag, value] : last) tags.push_back(tag);
      file.add_scalars(step_, last);
      file.add_hyperparameters(fields_, tags);
      file.add_end(true);
    });
  }
  void on_failed(const std::string& reason) override {
    inner_->on_failed(reason);
    write([&](formats::EventFile& file) {
      file.add_hyperparameters(fields_, {});
      file.add_end(false);
    });
  }
  void on_warning(const std::string& text) override { inner_->on_warning(text); }
  void on_note(const std::string& text) override { inner_->on_note(text); }

 private:
  /// What keeps a picture from being made keeps the run from training too, which says it better.
  void add_preview() {
    std::string png;
    data::Image picture;
    try {
      picture = first_images(configuration_, seed_, folder_.parent_path().parent_path());
      png = data::encode_png(picture);
    } catch (const std::exception& error) {
      inner_->on_warning("TensorBoard gets no preview: " + std::string(error.what()));
      return;
    }
    write([&](formats::EventFile& file) {
      file.add_image(0, "training images", png, picture.width, picture.height, picture.channels);
    });
  }

  template <class Write>
  void write(const Write& write_events) {
    if (given_up_) return;
    try {
      if (!file_) {
        file_ = std::make_unique<formats::EventFile>(folder_);
        file_->add_start(step_);
      }
      write_events(*file_);
    } catch (const std::runtime_error& error) {
      given_up_ = true;
      inner_->on_warning(std::string(error.what()) + "; the run goes on without TensorBoard");
    }
  }

  std::filesystem::path folder_;
  Json fields_;
  config::Configuration configuration_;
  int64_t seed_;
  std::unique_ptr<execution::RunObserver> inner_;
  std::unique_ptr<formats::EventFile> file_;
  int64_t step_ = 0;
  bool given_up_ = false;
};

const Tensorboard::Row& Tensorboard::row_of(const std::string& wanted) {
  if (const auto found = rows_.find(wanted); found != rows_.end()) return found->second;
  const auto [experiment, shape] = runs::Ledger(folder_).read_experiment_file();
  const experiment::DesignedExperiment design = runs::design_with(experiment, shape);
  std::map<std::string, Json> all;
  std::map<std::string, std::set<std::string>> values;
  for (const experiment::Variant& variant : design.variants) {
    rows_[variant.name] = {variant.configuration, {{"row", variant.name}}};
    const Json& fields = all[variant.name] = flat(variant.configuration);
    for (const auto& [pointer, value] : fields.items()) values[pointer].insert(value.dump());
  }
  for (auto& [name, fields] : all)
    for (const auto& [pointer, value] : fields.items())
      if (values[pointer].size() > 1) rows_[name].fields[pointer] = value;
  return rows_[wanted];
}

std::unique_ptr<execution::RunObserver> Tensorboard::watch(const execution::RunLabel& label) {
  return std::make_unique<Run>(folder_ / "tensorboard" / (label.name + "-" + std::to_string(label.seed)),
                               row_of(label.name), label.seed, inner_->watch(label));
}

}  // namespace staircase::apps
