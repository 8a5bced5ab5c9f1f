#include "staircase/execution/failure_sentence.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <new>
#include <optional>
#include <system_error>

#include "staircase/base/text.h"

namespace staircase::execution {
namespace {

/// LibTorch has no kind of its own for a lack of memory in all its versions, and its words differ.
bool speaks_of_memory(const std::string& text) {
  for (const char* words : {"can't allocate memory", "not enough memory", "out of memory", "Cannot allocate memory",
                            "std::bad_alloc", "could not create a memory"})
    if (text.find(words) != std::string::npos) return true;
  return false;
}

std::string in_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// "4.00 GiB" of "tried to allocate 4294967296 bytes" or "Tried to allocate 4.00 GiB"; "": it does not say.
std::string wanted_memory(const std::string& text) {
  const std::string words = "ried to allocate ";
  const size_t at = text.find(words);
  if (at == std::string::npos) return {};
  size_t end = 0;
  double amount = 0;
  try {
    amount = std::stod(text.substr(at + words.size(), 40), &end);
  } catch (const std::exception&) {
    return {};
  }
  const std::string unit = text.substr(at + words.size() + end, 5);
  if (unit.starts_with(" GiB") || unit.starts_with(" MiB")) return decimals(amount, 2) + unit.substr(0, 4);
  const double gib = 1 << 30, mib = 1 << 20;
  return amount >= gib ? decimals(amount / gib, 2) + " GiB" : decimals(amount / mib, 2) + " MiB";
}

/// What the exception that is being handled says.
struct Failure {
  std::string sentence;
  bool of_memory = false;
  std::string wanted;
};

Failure current_failure() {
  const auto of_text = [](const std::string& text) {
    return Failure{in_one_line(text), speaks_of_memory(text), wanted_memory(text)};
  };
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return {"", true, ""};
  } catch (const c10::Error& error) {
    return of_text(error.what_without_backtrace());
  } catch (const std::system_error& error) {
    // What std::thread says, as it stands, names nothing.
    if (error.code() != std::errc::resource_unavailable_try_again) return {in_one_line(error.what())};
    return {"no thread could be started: fewer /threads, /loader_workers or --jobs, or more memory, may help"};
  } catch (const std::exception& error) {
    return of_text(error.what());
  } catch (...) {
    return {"an error of an unknown kind"};
  }
}

std::string wanted_text(const std::string& wanted) {
  return wanted.empty() ? "" : ", where " + wanted + " were wanted";
}

}  // namespace

std::string out_of_memory(const RunPlace& place, const std::string& wanted) {
  const config::RecipeOptions& recipe = place.configuration.recipe;
  const int64_t at_once = recipe.micro_batch_size > 0 ? recipe.micro_batch_size : recipe.batch_size;
  std::string text = "out of memory in " + place.row + ", seed " + std::to_string(place.seed);
  text += place.steps > 0 ? " after step " + std::to_string(place.step) + " of " + std::to_string(place.steps)
                          : " before a step was done";
  text += wanted_text(wanted) + "; less is taken with ";
  if (!recipe.checkpoint_activations) text += "/recipe/checkpoint_activations true, which changes no result, ";
  const int64_t fewest = 2;  // images are mixed in pairs
  if (at_once > fewest) text += "a /recipe/micro_batch_size below " + std::to_string(at_once) + ", ";
  text += "a /data/image_size_px below " + std::to_string(place.configuration.data.image_size_px);
  if (recipe.precision == config::Precision::fp32) text += ", /recipe/precision bf16";
  return text + ", or fewer /loader_workers or --jobs";
}

std::string failure_sentence() {
  const Failure failure = current_failure();
  if (!failure.of_memory) return failure.sentence;
  return "out of memory" + wanted_text(failure.wanted) +
         ": /recipe/checkpoint_activations true, a smaller /recipe/micro_batch_size or /data/image_size_px, "
         "/recipe/precision bf16, or fewer /loader_workers, may help";
}

std::string failure_sentence(const RunPlace& place) {
  const Failure failure = current_failure();
  return failure.of_memory ? out_of_memory(place, failure.wanted) : failure.sentence;
}

}  // namespace staircase::execution
