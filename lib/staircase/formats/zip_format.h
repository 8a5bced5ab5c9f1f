#pragma once

#include <cstdint>

// The numbers of the zip format that its reader and its writer share.
namespace staircase::formats::zip {

constexpr uint32_t local_signature = 0x04034b50;
constexpr uint32_t central_signature = 0x02014b50;
constexpr uint32_t end_signature = 0x06054b50;
constexpr uint32_t end64_signature = 0x06064b50;
constexpr uint32_t locator64_signature = 0x07064b50;

constexpr uint64_t local_size = 30;  // without name and extra field; the others likewise
constexpr uint64_t end_size = 22;
constexpr uint64_t end64_size = 56;
constexpr uint64_t locator64_size = 20;

constexpr uint16_t extra_zip64 = 1;
constexpr uint16_t flag_encrypted = 1;
constexpr uint16_t flag_sizes_follow = 8;  // sizes and CRC stand after the data
constexpr uint16_t flag_utf8 = 0x800;
constexpr uint32_t in_extra = 0xffffffff;  // the true number stands in the zip64 extra field
constexpr uint16_t in_extra16 = 0xffff;

}  // namespace staircase::formats::zip
