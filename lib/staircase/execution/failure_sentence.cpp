#include "staircase/execution/failure_sentence.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <new>
#include <system_error>

namespace staircase::execution {
namespace {

std::string out_of_memory() {
  return "out of memory: a smaller /recipe/micro_batch_size or /data/image_size_px, or fewer /loader_workers, may help";
}

/// LibTorch has no kind of its own for a lack of memory in all its versions, and its words differ.
bool speaks_of_memory(const std::string& text) {
  for (const char* words : {"can't allocate memory", "not enough memory", "out of memory"})
    if (text.find(words) != std::string::npos) return true;
  return false;
}

std::string in_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

std::string failure_sentence() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    return speaks_of_memory(text) ? out_of_memory() : in_one_line(text);
  } catch (const std::system_error& error) {
    // What std::thread says, as it stands, names nothing.
    if (error.code() != std::errc::resource_unavailable_try_again) return in_one_line(error.what());
    return "no thread could be started: fewer /threads, /loader_workers or --jobs, or more memory, may help";
  } catch (const std::exception& error) {
    return in_one_line(error.what());
  } catch (...) {
    return "an error of an unknown kind";
  }
}

}  // namespace staircase::execution
