#include "staircase/train/masked_autoencoding.h"

#include <cmath>
#include <set>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/config/json_lines.h"
#include "staircase/formats/safetensors.h"
#include "staircase/nn/masked_autoencoder.h"
#include "staircase/plan/named_models.h"
#include "staircase/train/batches.h"
#include "staircase/train/layer_groups.h"
#include "staircase/train/preview.h"
#include "staircase/train/start.h"
#include "staircase/train/start_report.h"
#include "support/catch.h"
#include "support/refusal.h"
#include "support/temporary_folder.h"
#include "train/small_job.h"

namespace masked_autoencoding_test {

using namespace staircase;
using namespace staircase::train;
namespace fs = std::filesystem;
using tests::job_in;
using tests::train_through;
using torch::Tensor;

namespace {

/// ConvNeXt V2 of two blocks, and 16 cells of 4 px in images of 16 px.
config::Configuration pretraining() {
  config::Configuration c = tests::small_configuration();
  c.model = plan::find_model("convnextv2_atto", {"test", ""}).options;
  c.model.stem = config::Stem::patchify2;
  c.model.depths = {1, 1};
  c.model.width = 16;
  c.model.num_classes = 10;
  c.model.in_channels = 3;
  c.recipe.task = config::TaskKind::masked_autoencoding;
  c.recipe.decoder_width = 24;
  c.recipe.mixup_alpha = c.recipe.cutmix_alpha = 0;
  return c;
}

/// Fine-tuning from a file.
config::Configuration finetuning(const fs::path& weights) {
  config::Configuration c = pretraining();
  c.recipe.task = config::TaskKind::classification;
  c.init.weights = weights.string();
  return c;
}

TaskBatch batch_of(const Tensor& images, int64_t step = 0, int64_t index = 0, BatchRows rows = {}) {
  TaskBatch batch;
  batch.batch.images = images;
  batch.batch.index = index;
  batch.batch.rows = rows;
  batch.counter = {7, step, rows};
  return batch;
}

/// Asks the trainer to stop after a number of steps, and keeps what it is told of the start.
class Watcher : public TrainObserver {
 public:
  explicit Watcher(int64_t last = -1) : last_(last) {}
  void on_step(const StepReport& report) override { stop = report.step == last_; }
  void on_warning(const std::string&) override {}
  void on_note(const std::string& text) override { notes.push_back(text); }
  std::atomic<bool> stop{false};
  std::vector<std::string> notes;

 private:
  int64_t last_;
};

/// Of a file, under its own names.
std::map<std::string, Tensor> tensors_in(const fs::path& file) {
  const formats::TensorFile content = formats::read_safetensors(file);
  return {content.tensors.begin(), content.tensors.end()};
}

}  // namespace

TEST_CASE("Each image hides its own cells, as many as the share says, and others at every step", "[train]") {
  const MaskedAutoencoding task(32, 0.6);
  const Tensor images = torch::zeros({8, 3, 224, 224});
  const Tensor hidden = task.hidden(batch_of(images));
  CHECK(hidden.sizes() == torch::IntArrayRef({8, 7, 7}));
  std::set<std::string> masks;
  for (const int64_t step : {0, 1})
    for (int64_t i = 0; i < 8; ++i) {
      const Tensor its = task.hidden(batch_of(images, step))[i];
      CHECK(its.sum().item<double>() == 30);
      CHECK((its.eq(0).sum() + its.eq(1).sum()).item<int64_t>() == 49);
      std::string mask;
      for (int64_t cell = 0; cell < 49; ++cell) mask += its.view(49)[cell].item<float>() > 0 ? '1' : '0';
      masks.insert(mask);
    }
  CHECK(masks.size() == 16);
  CHECK(torch::equal(hidden, task.hidden(batch_of(images))));
}

TEST_CASE("Every cell is hidden as often as the share says", "[train]") {
  const MaskedAutoencoding task(4, 0.75);
  const Tensor often = task.hidden(batch_of(torch::zeros({4000, 1, 16, 16}))).mean(0);
  const double five_errors = 5 * std::sqrt(0.75 * 0.25 / 4000);
  CHECK((often - 0.75).abs().max().item<double>() < five_errors);
}

TEST_CASE("A micro-batch hides what the whole batch hides at its places", "[train]") {
  const MaskedAutoencoding task(4, 0.6);
  const Tensor images = torch::zeros({8, 3, 16, 16});
  const Tensor whole = task.hidden(batch_of(images, 3, 1, {0, 0, 8}));
  const Tensor ends = task.hidden(batch_of(images.slice(0, 0, 4), 3, 1, {0, 2, 8}));
  CHECK(torch::equal(ends, torch::cat({whole.slice(0, 0, 2), whole.slice(0, 6, 8)})));
}

TEST_CASE("The loss of masked autoencoding is the error of normalized pixels in hidden cells", "[train]") {
  const int64_t cell = 4, channels = 3, pixels = cell * cell * channels;
  const MaskedAutoencoding task(cell, 0.6);
  const TaskBatch batch = batch_of(torch::randn({2, channels, 8, 12}));
  const Tensor outputs = torch::randn({2, pixels, 2, 3}), hidden = task.hidden(batch);
  double sum = 0, cells = 0;
  for (int64_t i = 0; i < 2; ++i)
    for (int64_t y = 0; y < 2; ++y)
      for (int64_t x = 0; x < 3; ++x) {
        if (hidden[i][y][x].item<float>() == 0) continue;
        std::vector<double> target;
        for (int64_t row = 0; row < cell; ++row)
          for (int64_t column = 0; column < cell; ++column)
            for (int64_t channel = 0; channel < channels; ++channel)
              target.push_back(batch.batch.images[i][channel][y * cell + row][x * cell + column].item<double>());
        double mean = 0, squares = 0, error = 0;
        for (const double each : target) mean += each / static_cast<double>(pixels);
        for (const double each : target) squares += (each - mean) * (each - mean);
        const double std = std::sqrt(squares / static_cast<double>(pixels - 1) + 1e-6);
        for (int64_t p = 0; p < pixels; ++p) {
          const double off = outputs[i][p][y][x].item<double>() - (target[static_cast<size_t>(p)] - mean) / std;
          error += off * off;
        }
        sum += error / static_cast<double>(pixels);
        ++cells;
      }
  CHECK(cells == 8);  // of 6 cells 2 are visible
  CHECK(task.loss(outputs, task.targets(batch)).item<double>() == Approx(sum / cells).epsilon(1e-5));
  CHECK(task.values(task.sums(outputs, batch), 2).at(0) == Approx(sum / cells).epsilon(1e-5));
}

TEST_CASE("What the network is shown of a cell is all of it or nothing", "[train]") {
  const MaskedAutoencoding task(4, 0.6);
  const TaskBatch batch = batch_of(torch::randn({2, 3, 16, 16}));
  const Tensor inputs = task.inputs(batch), visible = inputs.slice(1, 3, 4), hidden = task.hidden(batch);
  CHECK(torch::equal(inputs.slice(1, 0, 3), batch.batch.images));
  for (int64_t y = 0; y < 16; ++y)
    for (int64_t x = 0; x < 16; ++x)
      CHECK(visible[1][0][y][x].item<float>() == 1 - hidden[1][y / 4][x / 4].item<float>());
}

TEST_CASE("Right answers fill in the image, wrong ones the hidden cells alone", "[train]") {
  const MaskedAutoencoding task(4, 0.6);
  const TaskBatch batch = batch_of(torch::randn({2, 3, 16, 16}));
  const std::vector<Tensor> targets = task.targets(batch);
  CHECK(torch::allclose(task.filled_in(targets[0], batch), batch.batch.images, 1e-4, 1e-4));
  const Tensor wrong = task.filled_in(targets[0] + 1, batch), shown = task.inputs(batch).slice(1, 3, 4);
  CHECK(torch::equal(wrong * shown, batch.batch.images * shown));
  CHECK(((wrong - batch.batch.images).abs() > 0.01).sum().item<int64_t>() == 2 * 10 * 16 * 3);
}

TEST_CASE("A pretraining that was stopped at any step and started again ends in the same bytes", "[train]") {
  const tests::TemporaryFolder folder;
  const config::Json summary = train_through(job_in(folder / "through", pretraining()));
  for (const char* key : {"loss", "loss_ema", "params"}) CHECK(summary.contains(key));
  for (const char* key : {"top1", "top5_ema"}) CHECK_FALSE(summary.contains(key));
  for (const char* file : {"per_class.json", "correct.bits"}) CHECK_FALSE(fs::exists(folder / "through" / file));
  for (const int64_t step : {3, 5, 15}) {
    INFO("stopped after step " << step);
    const TrainJob job = job_in(folder / std::to_string(step), pretraining());
    Watcher watcher(step);
    CHECK_THROWS_AS(train::train(job, watcher, watcher.stop), Interrupted);
    train_through(job);
    for (const char* name : {"metrics.jsonl", "summary.json", "weights.safetensors", "weights_raw.safetensors"}) {
      INFO(name);
      CHECK(read_file(job.folder / name) == read_file(folder / "through" / name));
    }
  }
}

TEST_CASE("Pretraining lowers the loss below that of gray cells, in float and in bfloat16", "[train]") {
  const tests::TemporaryFolder folder;
  const TrainJob plain = job_in("", pretraining());
  const MaskedAutoencoding task(4, 0.6);
  const auto loader = make_eval_loader(plain, plain.data.val, {});
  loader->begin(0);
  const std::vector<Tensor> targets = task.targets({loader->next().value(), {}, {}});
  const double gray = task.loss(torch::zeros_like(targets[0]), targets).item<double>();
  for (const config::Precision precision : {config::Precision::fp32, config::Precision::bf16}) {
    config::Configuration c = pretraining();
    c.recipe.precision = precision;
    c.recipe.epochs = 30;
    c.recipe.learning_rate = 4e-3;
    c.recipe.ema_decay = 0;
    const config::Json summary = train_through(job_in(folder / std::string(to_name(precision)), c));
    CHECK(summary.at("loss").get<double>() < 0.9 * gray);
  }
}

TEST_CASE("Micro-batches of a pretraining give the result of the whole batch", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration whole = pretraining();
  whole.recipe.epochs = 1;
  whole.recipe.optimizer = config::Optimizer::sgd;
  whole.recipe.learning_rate = 0.05;
  config::Configuration parts = whole;
  parts.recipe.micro_batch_size = 4;
  train_through(job_in(folder / "whole", whole));
  train_through(job_in(folder / "parts", parts));
  const auto a = tensors_in(folder / "whole/weights.safetensors"), b = tensors_in(folder / "parts/weights.safetensors");
  for (const auto& [name, tensor] : a) {
    INFO(name);
    CHECK(torch::allclose(tensor, b.at(name), 1e-4, 1e-6));
  }
}

TEST_CASE("A network is fine-tuned from what was pretrained, with a fresh head and final norm", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration before = pretraining();
  before.recipe.ema_decay = 0;
  train_through(job_in(folder / "before", before));
  const fs::path file = folder / "before/weights.safetensors";
  const auto pretrained = tensors_in(file);

  const config::Configuration c = finetuning(file);
  nn::Classifier model(c.model);
  const LoadedWeights loaded = fill_weights(model, 1, c.init, c.recipe);
  CHECK_FALSE(loaded.has_head);
  CHECK(loaded.decoder_tensors == 15);
  CHECK(loaded.tensors == pretrained.size() - 15);
  nn::Classifier random(c.model);
  fill_weights(random, 1, {}, c.recipe);
  const auto fresh = nn::named_state(random), state = nn::named_state(model);
  for (size_t i = 0; i < state.size(); ++i) {
    INFO(state[i].name);
    const bool is_head = state[i].name.starts_with("head.");
    CHECK(torch::equal(state[i].tensor, is_head ? fresh[i].tensor : pretrained.at(state[i].name)));
  }

  for (const bool new_head : {false, true}) {
    config::Configuration tuned = c;
    tuned.init.new_head = new_head;
    Watcher watcher;
    train::train(job_in(folder / (new_head ? "new" : "own"), tuned), watcher, watcher.stop);
    REQUIRE(watcher.notes.size() == 1);
    CHECK_THAT(watcher.notes[0],
               ContainsSubstring(std::to_string(loaded.tensors) + " of " + std::to_string(state.size()) +
                                 " tensors loaded, pretrained by masked autoencoding (the decoder's 15 are left out), "
                                 "a fresh final norm and head for 10 classes"));
  }
}

TEST_CASE("What was pretrained is refused where a head is needed, and where the network is another", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration before = pretraining();
  before.recipe.epochs = 1;
  train_through(job_in(folder / "before", before));
  const fs::path file = folder / "before/weights.safetensors";
  CHECK(tests::refusal([&] { interop::open_model_file(file); }) ==
        file.string() +
            ": was pretrained by masked autoencoding and has no head, so it names no classes; a run with "
            "/init/weights trains it further");
  config::Configuration other = finetuning(file);
  other.model.grn = false;
  CHECK_THAT(tests::refusal([&] { check_job(job_in("", other)); }),
             ContainsSubstring("holds another network than /model: /model/grn is true in the file and false"));
  config::Configuration again = before;
  again.init.weights = file.string();
  CHECK_THAT(tests::refusal([&] { check_job(job_in("", again), "x.json"); }),
             ContainsSubstring("x.json: /init/weights: "));
  config::Configuration pooled = before;
  pooled.model.norm = config::Norm::batch;
  CHECK_THAT(tests::refusal([&] { check_job(job_in("", pooled), "x.json"); }),
             ContainsSubstring("x.json: /model/norm: batch does not go with /recipe/task masked_autoencoding"));
}

TEST_CASE("A preview shows what is hidden of each image, and what a trained network fills in", "[train]") {
  const tests::TemporaryFolder folder;
  const TrainJob job = job_in(folder / "run", pretraining());
  train_through(job);
  const fs::path file = job.folder / "weights.safetensors";
  const auto plain = preview_images(job, 0, 5), filled = preview_images(job, 0, 5, {}, file);
  int same = 0, gray = 0, kept = 0;
  for (size_t i = 0; i < plain.size(); ++i) {
    CHECK_FALSE(plain[i].filled_in);
    REQUIRE((plain[i].masked && filled[i].filled_in));
    CHECK(*plain[i].masked == *filled[i].masked);
    for (int y = 0; y < 16; y += 4)
      for (int x = 0; x < 16; x += 4) {
        const auto cell = [&](const data::Image& image) {
          std::vector<uint8_t> bytes;
          for (int row = y; row < y + 4; ++row)
            bytes.insert(bytes.end(), image.row(row) + 3 * x, image.row(row) + 3 * x + 12);
          return bytes;
        };
        const auto masked = cell(*plain[i].masked);
        const bool is_shown = masked == cell(plain[i].image);
        same += is_shown;
        gray += std::set<uint8_t>(masked.begin(), masked.end()).size() <= 3 && !is_shown;
        kept += is_shown && masked == cell(*filled[i].filled_in);
      }
  }
  // Of 16 cells 6 are shown; an image may be gray by itself where it is hidden.
  CHECK(same + gray == 5 * 16);
  CHECK((same >= 5 * 6 && same < 5 * 8));
  CHECK((kept >= 5 * 6 && kept <= same));
  CHECK_FALSE(preview_images(job_in("", tests::small_configuration()), 0, 1)[0].masked);
}

TEST_CASE("A preview refuses weights that fill in nothing", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration c = pretraining();
  c.recipe.epochs = 1;
  train_through(job_in(folder / "run", c));
  const fs::path file = folder / "run/weights.safetensors";
  config::Configuration other = c;
  other.recipe.decoder_width = 32;
  CHECK_THAT(tests::refusal([&] { preview_images(job_in("", other), 0, 1, {}, file); }),
             ContainsSubstring("holds another network than /model and /recipe/decoder_width: decoder."));
  other = c;
  other.model.grn = false;
  CHECK_THAT(tests::refusal([&] { preview_images(job_in("", other), 0, 1, {}, file); }),
             ContainsSubstring("/model/grn is true in the file and false in the network asked for"));
  config::Configuration classifies = finetuning("");
  classifies.recipe.epochs = 1;
  train_through(job_in(folder / "classifier", classifies));
  CHECK_THAT(
      tests::refusal([&] { preview_images(job_in("", c), 0, 1, {}, folder / "classifier/weights.safetensors"); }),
      ContainsSubstring("was not pretrained by masked autoencoding, so it has no decoder"));
}

TEST_CASE("A decoder learns at the rate of a head, whatever the layer-wise decay", "[train]") {
  config::RecipeOptions recipe;
  recipe.layer_decay = 0.5;
  for (const config::LayerGroups groups : {config::LayerGroups::twelve, config::LayerGroups::blocks}) {
    recipe.layer_groups = groups;
    CHECK(layer_rate("decoder.block.conv1.weight", pretraining().model, recipe) == 1);
    CHECK(layer_rate("stem.conv.weight", pretraining().model, recipe) < 1);
  }
}

}  // namespace masked_autoencoding_test
