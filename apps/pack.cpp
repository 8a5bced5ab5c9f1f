#include "staircase/data/pack.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <thread>

#include "arguments.h"
#include "console.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"

namespace staircase::apps {
namespace {

/// A line that is written over, on a terminal alone.
void show_progress(uint64_t done, uint64_t of) {
  if (done % 100 == 0 || done == of)
    std::cerr << "\r" << grouped_digits(static_cast<long long>(done)) << " of "
              << grouped_digits(static_cast<long long>(of)) << " images" << (done == of ? "\n" : "") << std::flush;
}

data::PackOptions read_options(const Arguments& arguments) {
  data::PackOptions options;
  if (arguments.has("shorter-side"))
    options.shorter_side_px = static_cast<int>(arguments.bounded("shorter-side", 65535));
  else if (arguments.has("quality"))
    throw RequestError("--quality: goes only with --shorter-side, without which no image is encoded anew");
  options.quality = static_cast<int>(arguments.bounded("quality", 100));
  options.shard_bytes = static_cast<uint64_t>(arguments.bounded("shard-size", 1'000'000)) * 1'000'000;
  options.workers = arguments.has("jobs") ? static_cast<int>(arguments.bounded("jobs", 1024))
                                          : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  options.on_warning = print_warning;
  if (::isatty(STDERR_FILENO)) options.on_progress = show_progress;
  return options;
}

}  // namespace

int run_pack(const Words& words) {
  Arguments arguments(
      "pack",
      "Writes a folder of images as tar shards, which /data/kind shards reads: faster where many small files\n"
      "are slow. Names, classes and order stay, and without --shorter-side every byte: runs give the same.\n"
      "IN may also be a folder of ILSVRC2012_img_train.tar, ILSVRC2012_img_val.tar and the development kit.",
      "IN OUT", "staircase pack photographs packed --shorter-side 512");
  arguments.options()("shorter-side",
                      "shrink larger images to it, px, and encode them anew as JPEG (default: none is touched)",
                      cxxopts::value<int64_t>(),
                      "N")("quality", "of those, 1 to 100", cxxopts::value<int64_t>()->default_value("92"), "Q")(
      "shard-size", "megabytes of a shard", cxxopts::value<int64_t>()->default_value("1000"), "MB")(
      "jobs", "images at once (default: one a core)", cxxopts::value<int64_t>(), "N");
  if (!arguments.parse(words, 2, 2)) return 0;
  const Words& paths = arguments.positional();
  const data::Packed packed = data::pack_folder(paths[0], paths[1], read_options(arguments));
  if (arguments.json()) {
    print_json({{"images", packed.images},
                {"shards", packed.shards},
                {"encoded", packed.encoded},
                {"bytes", packed.bytes},
                {"folder", paths[1]}});
    return 0;
  }
  std::cout << paths[1] << ": " << grouped_digits(static_cast<long long>(packed.images)) << " images in "
            << packed.shards << (packed.shards == 1 ? " shard, " : " shards, ")
            << decimals(static_cast<double>(packed.bytes) / 1e6, 1) << " MB";
  if (packed.encoded > 0)
    std::cout << ", " << grouped_digits(static_cast<long long>(packed.encoded)) << " encoded anew";
  std::cout << "\n";
  return 0;
}

}  // namespace staircase::apps
