#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "staircase/formats/byte_cursor.h"
#include "staircase/formats/pickle_memory.h"
#include "staircase/formats/pickle_tree.h"

namespace staircase::formats {

/// The stack machine behind read_pickle. Used once.
class PickleMachine {
 public:
  PickleMachine(std::string_view bytes, const std::string& place, uint64_t budget)
      : place_(place), memory_(budget), cursor_(bytes, Cut{this}) {}
  PickleMachine(const PickleMachine&) = delete;  // the cursor points back here
  PickleMachine& operator=(const PickleMachine&) = delete;
  PickleTree run();

 private:
  using Value = PickleValue;
  using Kind = PickleKind;
  struct Cut {
    const PickleMachine* machine;
    void operator()() const { machine->fail("the pickle is cut"); }
  };

  [[noreturn]] void fail(const std::string& what) const;

  // Each takes an opcode and says whether it was one of its own.
  bool push_constant(uint8_t opcode);
  bool push_text(uint8_t opcode);
  bool use_memo(uint8_t opcode);
  bool build_container(uint8_t opcode);
  bool fill_container(uint8_t opcode);
  bool name_global(uint8_t opcode);
  bool call(uint8_t opcode);

  void push(Value value);
  void push(Kind kind, int64_t payload = 0) { push(Value{kind, payload}); }
  Value pop();
  Value& top();
  std::vector<Value> pop_to_mark();
  std::vector<Value> pop_count(size_t count);
  void push_container(Kind kind, std::vector<Value> items);
  std::vector<Value>& container(const Value& value);
  void remember(uint64_t index);
  void recall(uint64_t index);
  void push_integer(std::string_view little_endian);

  void push_global(std::string_view module, std::string_view name);
  void load_storage();
  void reduce(const Value& callable, const Value& arguments);
  Value rebuild_tensor(const std::vector<Value>& arguments);
  std::vector<int64_t> integers(const Value& tuple, const char* what);
  int64_t integer(const Value& value, const char* what) const;

  template <class T>
  void append(std::vector<T>& vector, T value) {
    if (!memory_.reserve(vector, 1)) fail_memory();
    vector.push_back(std::move(value));
  }
  [[noreturn]] void fail_memory() const;

  std::string place_;
  MemoryBudget memory_;
  ByteCursor<Cut> cursor_;
  PickleTree tree_;
  std::vector<Value> stack_;
  std::vector<size_t> marks_;
  std::vector<Value> memo_;
};

/// Refuses a tree in which a container can be reached from itself.
/// Throws RequestError naming `place`.
void refuse_loops(const PickleTree& tree, MemoryBudget& memory, const std::string& place);

}  // namespace staircase::formats
