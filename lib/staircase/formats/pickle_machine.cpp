#include "staircase/formats/pickle_machine.h"

#include <utility>

#include "staircase/base/errors.h"
#include "staircase/formats/tensor_bytes.h"

namespace staircase::formats {
namespace {

constexpr uint8_t highest_protocol = 5;

/// Opcodes by the names that Python's pickle module gives them.
enum Opcode : uint8_t {
  MARK = '(',
  STOP = '.',
  POP = '0',
  POP_MARK = '1',
  NONE = 'N',
  BINFLOAT = 'G',
  BININT = 'J',
  BININT1 = 'K',
  BININT2 = 'M',
  LONG1 = 0x8a,
  LONG4 = 0x8b,
  NEWTRUE = 0x88,
  NEWFALSE = 0x89,
  PROTO = 0x80,
  FRAME = 0x95,
  BINUNICODE = 'X',
  SHORT_BINUNICODE = 0x8c,
  BINUNICODE8 = 0x8d,
  BINSTRING = 'T',
  SHORT_BINSTRING = 'U',
  BINBYTES = 'B',
  SHORT_BINBYTES = 'C',
  BINBYTES8 = 0x8e,
  BYTEARRAY8 = 0x96,
  BINPUT = 'q',
  LONG_BINPUT = 'r',
  MEMOIZE = 0x94,
  BINGET = 'h',
  LONG_BINGET = 'j',
  EMPTY_TUPLE = ')',
  TUPLE = 't',
  TUPLE1 = 0x85,
  TUPLE2 = 0x86,
  TUPLE3 = 0x87,
  EMPTY_LIST = ']',
  EMPTY_DICT = '}',
  EMPTY_SET = 0x8f,
  FROZENSET = 0x91,
  APPEND = 'a',
  APPENDS = 'e',
  SETITEM = 's',
  SETITEMS = 'u',
  ADDITEMS = 0x90,
  BUILD = 'b',
};

}  // namespace

void PickleMachine::fail(const std::string& what) const {
  throw RequestError(place_ + ": byte " + std::to_string(cursor_.at()) + ": " + what);
}

void PickleMachine::fail_memory() const { fail("the pickle would take far more memory than the file is large"); }

PickleTree PickleMachine::run() {
  while (true) {
    const uint8_t opcode = cursor_.number<uint8_t>();
    if (opcode == STOP) break;
    if (opcode == PROTO) {
      const int protocol = cursor_.number<uint8_t>();
      if (protocol > highest_protocol)
        fail("is of pickle protocol " + std::to_string(protocol) + ", known are those up to 5");
      continue;
    }
    const bool known = push_constant(opcode) || push_text(opcode) || use_memo(opcode) || build_container(opcode) ||
                       fill_container(opcode) || name_global(opcode) || call(opcode);
    if (!known) fail("holds the opcode " + std::to_string(opcode) + ", which torch.save never writes");
  }
  if (stack_.size() != 1 || !marks_.empty()) fail("the pickle does not end with one value");
  if (cursor_.left() != 0) fail("bytes follow the end of the pickle");
  tree_.root = stack_.front();
  refuse_loops(tree_, memory_, place_);
  return std::move(tree_);
}

bool PickleMachine::push_constant(uint8_t opcode) {
  switch (opcode) {
    case NONE: push(Kind::none); return true;
    case NEWTRUE: push(Kind::boolean, 1); return true;
    case NEWFALSE: push(Kind::boolean, 0); return true;
    case BININT: push(Kind::integer, cursor_.number<int32_t>()); return true;
    case BININT1: push(Kind::integer, cursor_.number<uint8_t>()); return true;
    case BININT2: push(Kind::integer, cursor_.u16()); return true;
    case LONG1: push_integer(cursor_.range(cursor_.number<uint8_t>())); return true;
    case LONG4: push_integer(cursor_.range(cursor_.u32())); return true;
    case BINFLOAT:
      cursor_.skip(8);
      push(Kind::real);
      return true;
    case FRAME: cursor_.skip(8); return true;
    default: return false;
  }
}

void PickleMachine::push_integer(std::string_view little_endian) {
  if (little_endian.size() > 8) return push(Kind::opaque);  // no size or offset is that large
  uint64_t value = !little_endian.empty() && (little_endian.back() & 0x80) ? ~uint64_t{0} : 0;
  for (size_t i = little_endian.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(little_endian[i]);
  push(Kind::integer, static_cast<int64_t>(value));
}

bool PickleMachine::push_text(uint8_t opcode) {
  uint64_t length = 0;
  switch (opcode) {
    case SHORT_BINUNICODE:
    case SHORT_BINSTRING:
    case SHORT_BINBYTES: length = cursor_.number<uint8_t>(); break;
    case BINUNICODE:
    case BINSTRING:
    case BINBYTES: length = cursor_.u32(); break;
    case BINUNICODE8:
    case BINBYTES8:
    case BYTEARRAY8: length = cursor_.u64(); break;
    default: return false;
  }
  const std::string_view text = cursor_.range(length);
  if (opcode == BINBYTES || opcode == SHORT_BINBYTES || opcode == BINBYTES8 || opcode == BYTEARRAY8) {
    push(Kind::opaque);
  } else {
    append(tree_.texts, text);
    push(Kind::text, static_cast<int64_t>(tree_.texts.size() - 1));
  }
  return true;
}

bool PickleMachine::use_memo(uint8_t opcode) {
  switch (opcode) {
    case BINPUT: remember(cursor_.number<uint8_t>()); return true;
    case LONG_BINPUT: remember(cursor_.u32()); return true;
    case MEMOIZE: remember(memo_.size()); return true;
    case BINGET: recall(cursor_.number<uint8_t>()); return true;
    case LONG_BINGET: recall(cursor_.u32()); return true;
    default: return false;
  }
}

void PickleMachine::remember(uint64_t index) {
  if (index >= memo_.size()) {
    if (!memory_.reserve(memo_, index + 1 - memo_.size())) fail_memory();
    memo_.resize(index + 1);
  }
  memo_[index] = top();
}

void PickleMachine::recall(uint64_t index) {
  if (index >= memo_.size() || memo_[index].kind == Kind::missing)
    fail("recalls the value " + std::to_string(index) + ", which was never stored");
  push(memo_[index]);
}

bool PickleMachine::build_container(uint8_t opcode) {
  switch (opcode) {
    case MARK: append(marks_, stack_.size()); return true;
    case POP: pop(); return true;
    case POP_MARK: pop_to_mark(); return true;
    case EMPTY_TUPLE: push_container(Kind::tuple, {}); return true;
    case EMPTY_LIST: push_container(Kind::list, {}); return true;
    case EMPTY_DICT: push_container(Kind::dict, {}); return true;
    case EMPTY_SET: push(Kind::opaque); return true;
    case TUPLE: push_container(Kind::tuple, pop_to_mark()); return true;
    case TUPLE1: push_container(Kind::tuple, pop_count(1)); return true;
    case TUPLE2: push_container(Kind::tuple, pop_count(2)); return true;
    case TUPLE3: push_container(Kind::tuple, pop_count(3)); return true;
    case FROZENSET:
      pop_to_mark();
      push(Kind::opaque);
      return true;
    default: return false;
  }
}

bool PickleMachine::fill_container(uint8_t opcode) {
  Kind wanted = Kind::opaque;
  std::vector<Value> items;
  switch (opcode) {
    case APPEND:
      wanted = Kind::list;
      items = pop_count(1);
      break;
    case APPENDS:
      wanted = Kind::list;
      items = pop_to_mark();
      break;
    case SETITEM:
      wanted = Kind::dict;
      items = pop_count(2);
      break;
    case SETITEMS:
      wanted = Kind::dict;
      items = pop_to_mark();
      break;
    case ADDITEMS: items = pop_to_mark(); break;
    case BUILD:
      pop();
      if (top().kind != Kind::opaque && top().kind != Kind::dict) fail("gives a state to a value that can take none");
      return true;
    default: return false;
  }
  if (top().kind == Kind::opaque) return true;
  if (top().kind != wanted) fail("puts items into a value that can take none");
  if (wanted == Kind::dict && items.size() % 2 != 0) fail("gives a dict a key without a value");
  std::vector<Value>& filled = container(top());
  if (!memory_.reserve(filled, items.size())) fail_memory();
  filled.insert(filled.end(), items.begin(), items.end());
  return true;
}

void PickleMachine::push(Value value) { append(stack_, value); }

PickleValue PickleMachine::pop() {
  const Value value = top();
  stack_.pop_back();
  return value;
}

PickleValue& PickleMachine::top() {
  if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) fail("takes a value where none is");
  return stack_.back();
}

std::vector<PickleValue> PickleMachine::pop_to_mark() {
  if (marks_.empty()) fail("takes values up to a mark that was never set");
  const size_t count = stack_.size() - marks_.back();
  std::vector<Value> items = pop_count(count);
  marks_.pop_back();
  return items;
}

std::vector<PickleValue> PickleMachine::pop_count(size_t count) {
  if (stack_.size() - (marks_.empty() ? 0 : marks_.back()) < count) fail("takes a value where none is");
  std::vector<Value> items(stack_.end() - static_cast<ptrdiff_t>(count), stack_.end());
  stack_.resize(stack_.size() - count);
  return items;
}

void PickleMachine::push_container(Kind kind, std::vector<Value> items) {
  if (!memory_.take(items.size() * sizeof(Value))) fail_memory();
  append(tree_.containers, std::move(items));
  push(kind, static_cast<int64_t>(tree_.containers.size() - 1));
}

std::vector<PickleValue>& PickleMachine::container(const Value& value) {
  return tree_.containers.at(static_cast<size_t>(value.payload));
}

PickleTree read_pickle(std::string_view bytes, const std::string& place, uint64_t budget) {
  return PickleMachine(bytes, place, budget).run();
}

}  // namespace staircase::formats
