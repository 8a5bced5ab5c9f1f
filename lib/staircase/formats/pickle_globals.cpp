#include "staircase/formats/pickle_globals.h"

#include <array>

namespace staircase::formats {
namespace {

using enum GlobalRole;

/// Opaque ones appear beside the weights in published checkpoints (arguments, schedules, sizes) and
/// are read as a value without content.
const std::array<PickleGlobal, 55> globals{{
    {"collections", "OrderedDict", ordered_dict},
    {"torch._utils", "_rebuild_tensor_v2", tensor},
    {"torch._utils", "_rebuild_parameter", parameter},
    {"torch._utils", "_rebuild_parameter_with_state", parameter},
    {"torch", "FloatStorage", storage, torch::kFloat},
    {"torch", "DoubleStorage", storage, torch::kDouble},
    {"torch", "HalfStorage", storage, torch::kHalf},
    {"torch", "BFloat16Storage", storage, torch::kBFloat16},
    {"torch", "LongStorage", storage, torch::kLong},
    {"torch", "IntStorage", storage, torch::kInt},
    {"torch", "ShortStorage", storage, torch::kShort},
    {"torch", "CharStorage", storage, torch::kChar},
    {"torch", "ByteStorage", storage, torch::kByte},
    {"torch", "BoolStorage", storage, torch::kBool},
    {"torch.storage", "UntypedStorage", storage, torch::kByte},
    {"torch.storage", "TypedStorage", opaque},
    {"torch", "Size", opaque},
    {"torch", "device", opaque},
    {"torch", "float64", opaque},
    {"torch", "float32", opaque},
    {"torch", "float16", opaque},
    {"torch", "bfloat16", opaque},
    {"torch", "int64", opaque},
    {"torch", "int32", opaque},
    {"torch", "int16", opaque},
    {"torch", "int8", opaque},
    {"torch", "uint8", opaque},
    {"torch", "bool", opaque},
    {"torch", "complex64", opaque},
    {"torch", "complex128", opaque},
    {"torch.serialization", "_get_layout", opaque},
    {"argparse", "Namespace", opaque},
    {"collections", "defaultdict", opaque},
    {"collections", "Counter", opaque},
    {"__builtin__", "set", opaque},
    {"builtins", "set", opaque},
    {"__builtin__", "frozenset", opaque},
    {"builtins", "frozenset", opaque},
    {"__builtin__", "dict", opaque},
    {"builtins", "dict", opaque},
    {"__builtin__", "complex", opaque},
    {"builtins", "complex", opaque},
    {"__builtin__", "slice", opaque},
    {"builtins", "slice", opaque},
    {"__builtin__", "bytearray", opaque},
    {"builtins", "bytearray", opaque},
    {"_codecs", "encode", opaque},
    {"numpy", "dtype", opaque},
    {"numpy", "ndarray", opaque},
    {"numpy.core.multiarray", "scalar", opaque},
    {"numpy.core.multiarray", "_reconstruct", opaque},
    {"numpy._core.multiarray", "scalar", opaque},
    {"numpy._core.multiarray", "_reconstruct", opaque},
    {"datetime", "datetime", opaque},
    {"datetime", "timedelta", opaque},
}};

}  // namespace

std::optional<size_t> find_global(std::string_view module, std::string_view name) {
  for (size_t i = 0; i < globals.size(); ++i)
    if (globals[i].module == module && globals[i].name == name) return i;
  return std::nullopt;
}

const PickleGlobal& global_at(size_t index) { return globals.at(index); }

std::optional<std::string_view> storage_name(torch::ScalarType type) {
  for (const PickleGlobal& global : globals)
    if (global.role == storage && global.module == "torch" && global.type == type) return global.name;
  return std::nullopt;
}

}  // namespace staircase::formats
