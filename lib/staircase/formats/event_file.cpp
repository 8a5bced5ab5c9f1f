#include "staircase/formats/event_file.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>

#include "staircase/base/files.h"
#include "staircase/formats/protobuf_writer.h"

namespace staircase::formats {
namespace fs = std::filesystem;
namespace {

constexpr std::array<uint32_t, 256> crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? 0x82f63b78U : 0);
    table[i] = value;
  }
  return table;
}

/// A checksum of bytes that hold checksums themselves is a weak one, so each is turned and moved.
uint32_t masked_crc(std::string_view bytes) {
  const uint32_t crc = crc32c(bytes);
  return (crc >> 15 | crc << 17) + 0xa282ead8U;
}

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

fs::path new_file(const fs::path& folder) {
  make_folder(folder);
  const std::string start = "events.out.tfevents." + std::to_string(static_cast<int64_t>(now_seconds())) +
                            ".staircase." + std::to_string(::getpid()) + ".";
  for (int i = 0;; ++i)
    if (const fs::path file = folder / (start + std::to_string(i)); !fs::exists(file)) return file;
}

ProtobufWriter value_of(const config::Json& value) {
  ProtobufWriter message;  // google.protobuf.Value
  if (value.is_number()) message.real(2, value.get<double>());
  else if (value.is_boolean()) message.integer(4, value.get<bool>());
  else message.text(3, value.is_string() ? value.get<std::string>() : value.dump());
  return message;
}

/// A value of a summary that the plugin for hyperparameters reads.
ProtobufWriter hyperparameter_summary(const std::string& tag, int64_t field, const ProtobufWriter& content) {
  ProtobufWriter data, plugin, metadata, value, summary;
  data.message(field, content);
  plugin.text(1, "hparams").message(2, data);
  metadata.message(1, plugin);
  value.text(1, tag).message(9, metadata);
  summary.message(1, value);
  return summary;
}

}  // namespace

uint32_t crc32c(std::string_view bytes) {
  static constexpr std::array<uint32_t, 256> table = crc_table();
  uint32_t crc = 0xffffffffU;
  for (const char c : bytes) crc = table[(crc ^ static_cast<unsigned char>(c)) & 0xffU] ^ crc >> 8;
  return ~crc;
}

EventFile::EventFile(const fs::path& folder) : path_(new_file(folder)) {
  errno = 0;
  out_.open(path_, std::ios::binary | std::ios::trunc);
  if (!out_) throw std::runtime_error(path_.string() + ": cannot be written: " + std::strerror(errno));
  ProtobufWriter event;
  event.real(1, now_seconds()).text(3, "brain.Event:2");
  write(event.bytes());
}

void EventFile::write(std::string event) {
  const auto number = [](uint64_t value, size_t size) {
    std::string bytes;
    for (size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xffU);
    return bytes;
  };
  const std::string length = number(event.size(), 8);
  out_ << length << number(masked_crc(length), 4) << event << number(masked_crc(event), 4) << std::flush;
  if (!out_) throw std::runtime_error(path_.string() + ": cannot be written: " + std::strerror(errno));
}

void EventFile::add_start(int64_t step) {
  ProtobufWriter log, event;
  log.integer(1, 1);  // SessionLog.START
  event.real(1, now_seconds()).integer(2, step).message(7, log);
  write(event.bytes());
}

void EventFile::add_scalars(int64_t step, const std::vector<std::pair<std::string, double>>& scalars) {
  ProtobufWriter summary, event;
  for (const auto& [tag, number] : scalars) {
    ProtobufWriter value;
    value.text(1, tag).single(2, static_cast<float>(number));
    summary.message(1, value);
  }
  event.real(1, now_seconds()).integer(2, step).message(5, summary);
  write(event.bytes());
}

void EventFile::add_image(int64_t step, const std::string& tag, const std::string& png, int64_t width, int64_t height,
                          int64_t channels) {
  ProtobufWriter image, value, summary, event;
  image.integer(1, height).integer(2, width).integer(3, channels).text(4, png);  // Summary.Image
  value.text(1, tag).message(4, image);
  summary.message(1, value);
  event.real(1, now_seconds()).integer(2, step).message(5, summary);
  write(event.bytes());
}

void EventFile::add_hyperparameters(const config::Json& values, const std::vector<std::string>& metrics) {
  ProtobufWriter experiment, session;
  for (const auto& [name, value] : values.items()) {
    ProtobufWriter info, entry;
    const int64_t type = value.is_boolean() ? 2 : value.is_number() ? 3 : 1;  // BOOL, FLOAT64, STRING
    info.text(1, name).integer(4, type);
    experiment.message(4, info);
    entry.text(1, name).message(2, value_of(value));
    session.message(1, entry);
  }
  for (const std::string& metric : metrics) {
    ProtobufWriter name, info;
    name.text(2, metric);
    info.message(1, name);
    experiment.message(5, info);
  }
  session.real(5, now_seconds());
  for (const auto& summary : {hyperparameter_summary("_hparams_/experiment", 2, experiment),
                              hyperparameter_summary("_hparams_/session_start_info", 3, session)}) {
    ProtobufWriter event;
    event.real(1, now_seconds()).message(5, summary);
    write(event.bytes());
  }
}

void EventFile::add_end(bool done) {
  ProtobufWriter end, event;
  end.integer(1, done ? 1 : 2).real(2, now_seconds());  // STATUS_SUCCESS, STATUS_FAILURE
  event.real(1, now_seconds()).message(5, hyperparameter_summary("_hparams_/session_end_info", 4, end));
  write(event.bytes());
}

}  // namespace staircase::formats
