// Registers and lists.
#include "simulator/register_machine.hpp"

#include <utility>

#include "bytes.hpp"

namespace consensus::simulator {
namespace {

class TextSource final : public SnapshotSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] Result<std::string> read() override { return std::exchange(text_, {}); }

 private:
  std::string text_;
};

std::string encode_numbers(const std::vector<std::uint64_t>& numbers) {
  ByteWriter writer;
  for (const std::uint64_t number : numbers) writer.u64(number);
  return writer.take();
}

}  // namespace

std::string RegisterRequest::encode() const {
  ByteWriter writer;
  writer.u8(static_cast<std::uint8_t>(operation));
  writer.number(key);
  writer.u64(value);
  writer.u64(expected);
  return writer.take();
}

Result<RegisterRequest> RegisterRequest::decode(std::string_view bytes) {
  ByteReader reader(bytes);
  const std::uint8_t operation = reader.u8();
  RegisterRequest request{.operation = static_cast<RegisterOperation>(operation), .key = reader.number()};
  request.value = reader.u64();
  request.expected = reader.u64();
  if (!reader.finished() || operation < 1 || operation > 5) return make_error(Errc::malformed, "register request");
  return request;
}

std::vector<std::uint64_t> decode_numbers(std::string_view bytes) {
  ByteReader reader(bytes);
  std::vector<std::uint64_t> numbers;
  while (!reader.rest().empty() && reader.ok()) numbers.push_back(reader.u64());
  return numbers;
}

Result<std::vector<std::string>> RegisterMachine::apply(std::span<const Command> commands, Index through) {
  std::vector<std::string> answers;
  answers.reserve(commands.size());
  for (const Command& command : commands) {
    if (command.index <= applied_) return make_error(Errc::invalid_argument, "a command that was applied before");
    const auto request = RegisterRequest::decode(command.bytes);
    if (!request) return request.error();
    answers.push_back(apply(*request));
  }
  applied_ = through;
  return answers;
}

std::string RegisterMachine::apply(const RegisterRequest& request) {
  switch (request.operation) {
    case RegisterOperation::write:
      registers_[request.key] = request.value;
      return {};
    case RegisterOperation::compare_and_set: {
      std::uint64_t& value = registers_[request.key];
      const bool fits = value == request.expected;
      if (fits) value = request.value;
      return encode_numbers({fits ? 1U : 0U});
    }
    case RegisterOperation::append:
      lists_[request.key].push_back(request.value);
      return {};
    case RegisterOperation::read:
    case RegisterOperation::read_list:
      break;
  }
  return {};
}

std::string RegisterMachine::read(const RegisterRequest& request) const {
  if (request.operation == RegisterOperation::read) {
    const auto found = registers_.find(request.key);
    return encode_numbers({found == registers_.end() ? 0 : found->second});
  }
  const auto found = lists_.find(request.key);
  return found == lists_.end() ? std::string() : encode_numbers(found->second);
}

Result<std::unique_ptr<SnapshotSource>> RegisterMachine::take_snapshot() {
  ByteWriter writer;
  writer.number(registers_.size());
  for (const auto& [key, value] : registers_) {
    writer.number(key);
    writer.u64(value);
  }
  writer.number(lists_.size());
  for (const auto& [key, values] : lists_) {
    writer.number(key);
    writer.text(encode_numbers(values));
  }
  return std::make_unique<TextSource>(writer.take());
}

class RegisterMachine::Sink final : public SnapshotSink {
 public:
  Sink(RegisterMachine& machine, Index index) : machine_(machine), index_(index) {}

  [[nodiscard]] Result<void> write(std::string_view piece) override {
    bytes_ += piece;
    return {};
  }

  [[nodiscard]] Result<void> finish() override {
    ByteReader reader(bytes_);
    RegisterMachine restored;
    for (std::uint64_t left = reader.count(9); left > 0; --left) {
      const std::uint64_t key = reader.number();
      restored.registers_[key] = reader.u64();
    }
    for (std::uint64_t left = reader.count(2); left > 0; --left) {
      const std::uint64_t key = reader.number();
      restored.lists_[key] = decode_numbers(reader.text());
    }
    if (!reader.finished()) return make_error(Errc::malformed, "snapshot of registers");
    restored.applied_ = index_;
    machine_ = std::move(restored);
    return {};
  }

 private:
  RegisterMachine& machine_;
  Index index_;
  std::string bytes_;
};

Result<std::unique_ptr<SnapshotSink>> RegisterMachine::restore_snapshot(Index index) {
  return std::make_unique<Sink>(*this, index);
}

}  // namespace consensus::simulator
