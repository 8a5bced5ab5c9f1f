// What a pickle "calls": every class and function is a name in a table, and none is ever executed.
#include "staircase/base/errors.h"
#include "staircase/formats/pickle_globals.h"
#include "staircase/formats/pickle_machine.h"
#include "staircase/formats/tensor_bytes.h"

namespace staircase::formats {
namespace {

constexpr uint8_t global_code = 'c', stack_global_code = 0x93, reduce_code = 'R';
constexpr uint8_t newobj_code = 0x81, newobj_ex_code = 0x92, persistent_code = 'Q';
constexpr size_t max_dimensions = 64;

}  // namespace

bool PickleMachine::name_global(uint8_t opcode) {
  if (opcode == global_code) {
    const std::string_view module = cursor_.line();
    push_global(module, cursor_.line());
    return true;
  }
  if (opcode != stack_global_code) return false;
  const Value name = pop(), module = pop();
  if (name.kind != Kind::text || module.kind != Kind::text) fail("names a class by no text");
  push_global(tree_.text(module), tree_.text(name));
  return true;
}

void PickleMachine::push_global(std::string_view module, std::string_view name) {
  const std::optional<size_t> known = find_global(module, name);
  if (!known)
    fail("holds " + quoted_name(std::string(module.substr(0, 60)) + "." + std::string(name.substr(0, 60))) +
         ", which no weights file needs; nothing of it was executed");
  push(Kind::global, static_cast<int64_t>(*known));
}

bool PickleMachine::call(uint8_t opcode) {
  if (opcode == persistent_code) {
    load_storage();
    return true;
  }
  if (opcode != reduce_code && opcode != newobj_code && opcode != newobj_ex_code) return false;
  if (opcode == newobj_ex_code) pop();  // keyword arguments
  const Value arguments = pop(), callable = pop();
  if (callable.kind != Kind::global || arguments.kind != Kind::tuple)
    fail("calls a value that is no class or function");
  reduce(callable, arguments);
  return true;
}

void PickleMachine::reduce(const Value& callable, const Value& arguments) {
  const PickleGlobal& global = global_at(static_cast<size_t>(callable.payload));
  const std::vector<Value>& items = container(arguments);
  switch (global.role) {
    case GlobalRole::opaque: return push(Kind::opaque);
    case GlobalRole::ordered_dict:
      if (!items.empty()) fail("holds an OrderedDict with arguments, which torch.save never writes");
      return push_container(Kind::dict, {});
    case GlobalRole::parameter:
      if (items.empty() || (items[0].kind != Kind::tensor && items[0].kind != Kind::opaque))
        fail("holds a Parameter without a tensor");
      return push(items[0]);
    case GlobalRole::tensor: return push(rebuild_tensor(items));
    case GlobalRole::storage: fail("makes a storage that is no entry of the archive");
  }
}

/// ("storage", class, key, device, count): an entry of the archive.
void PickleMachine::load_storage() {
  const Value id = pop();
  if (id.kind != Kind::tuple) fail("names a storage by no tuple");
  const std::vector<Value>& items = container(id);
  const bool sound = items.size() == 5 && items[0].kind == Kind::text && tree_.text(items[0]) == "storage" &&
                     items[1].kind == Kind::global && items[2].kind == Kind::text;
  if (!sound) fail("names a storage otherwise than torch.save does");
  const PickleGlobal& global = global_at(static_cast<size_t>(items[1].payload));
  if (global.role != GlobalRole::storage) fail("names a storage of no known type");
  const int64_t count = integer(items[4], "the size of a storage");
  if (count < 0 || checked_count({count}) < 0) fail("holds a storage of an impossible size");
  append(tree_.storages, PickledStorage{global.type, tree_.text(items[2]), count});
  push(Kind::storage, static_cast<int64_t>(tree_.storages.size() - 1));
}

/// (storage, offset, sizes, strides, requires_grad, hooks[, metadata]): a view of a storage.
PickleValue PickleMachine::rebuild_tensor(const std::vector<Value>& arguments) {
  if (arguments.size() < 6 || arguments.size() > 7 || arguments[0].kind != Kind::storage)
    fail("holds a tensor with other arguments than torch.save writes");
  PickledTensor tensor{static_cast<size_t>(arguments[0].payload), integer(arguments[1], "the offset of a tensor"),
                       integers(arguments[2], "the shape of a tensor"),
                       integers(arguments[3], "the strides of a tensor")};
  const int64_t stored = tree_.storages.at(tensor.storage).count;
  const int64_t count = checked_count(tensor.sizes);
  if (tensor.sizes.size() != tensor.strides.size() || count < 0)
    fail("holds a tensor of the impossible shape " + shape_text(tensor.sizes) + " and strides " +
         shape_text(tensor.strides));
  __int128_t last = tensor.offset;
  for (size_t i = 0; i < tensor.sizes.size() && count > 0; ++i) {
    if (tensor.strides[i] < 0) fail("holds a tensor with the strides " + shape_text(tensor.strides));
    last += static_cast<__int128_t>(tensor.sizes[i] - 1) * tensor.strides[i];
  }
  if (tensor.offset < 0 || last > stored - (count > 0 ? 1 : 0) || count > stored)
    fail("holds a tensor of shape " + shape_text(tensor.sizes) + ", strides " + shape_text(tensor.strides) +
         " and offset " + std::to_string(tensor.offset) + " that does not lie within the " + std::to_string(stored) +
         " elements of its storage");
  append(tree_.tensors, std::move(tensor));
  return {Kind::tensor, static_cast<int64_t>(tree_.tensors.size() - 1)};
}

std::vector<int64_t> PickleMachine::integers(const Value& tuple, const char* what) {
  if (tuple.kind != Kind::tuple) fail(std::string(what) + " is no tuple");
  const std::vector<Value>& items = container(tuple);
  if (items.size() > max_dimensions) fail(std::string(what) + " has more than 64 dimensions");
  if (!memory_.take(items.size() * sizeof(int64_t))) fail_memory();
  std::vector<int64_t> numbers;
  numbers.reserve(items.size());
  for (const Value& item : items) numbers.push_back(integer(item, what));
  return numbers;
}

int64_t PickleMachine::integer(const Value& value, const char* what) const {
  if (value.kind != Kind::integer) fail(std::string(what) + " is no integer");
  return value.payload;
}

void refuse_loops(const PickleTree& tree, MemoryBudget& memory, const std::string& place) {
  enum State : uint8_t { unseen, open, done };
  struct Step {
    size_t container;
    size_t next;
  };
  const auto refuse_memory = [&](bool taken) {
    if (!taken) throw RequestError(place + ": would take far more memory than the file is large");
  };
  refuse_memory(memory.take(tree.containers.size()));
  std::vector<State> states(tree.containers.size(), unseen);
  std::vector<Step> path;
  const auto enter = [&](const PickleValue& value) {
    if (value.kind != PickleKind::tuple && value.kind != PickleKind::list && value.kind != PickleKind::dict) return;
    const auto container = static_cast<size_t>(value.payload);
    if (states[container] == open) throw RequestError(place + ": holds a value that contains itself");
    if (states[container] == done) return;
    states[container] = open;
    refuse_memory(memory.reserve(path, 1));
    path.push_back({container, 0});
  };
  enter(tree.root);
  while (!path.empty()) {
    Step& step = path.back();
    const std::vector<PickleValue>& items = tree.containers[step.container];
    if (step.next < items.size()) {
      enter(items[step.next++]);
    } else {
      states[step.container] = done;
      path.pop_back();
    }
  }
}

}  // namespace staircase::formats
