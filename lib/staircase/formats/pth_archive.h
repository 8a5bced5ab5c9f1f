#pragma once

// What the reader and the writer of torch.save's archives share.
namespace staircase::formats::pth {

constexpr const char* folder = "archive";  ///< our archives' root; torch.save takes the file's name
constexpr const char* pickle_entry = "/data.pkl";
constexpr const char* version_entry = "/version";
constexpr const char* byteorder_entry = "/byteorder";
constexpr const char* data_entries = "/data/";
/// Ours: metadata in the form of a .safetensors header without tensors.
constexpr const char* metadata_entry = "/staircase.json";

}  // namespace staircase::formats::pth
