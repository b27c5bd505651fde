// The state machine that simulations replicate if they are given no other: registers and lists under numbered keys.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/state_machine.hpp"

namespace consensus::simulator {

enum class RegisterOperation : std::uint8_t { write = 1, compare_and_set, append, read, read_list };

// A command or a read, and its bytes.
struct RegisterRequest {
  RegisterOperation operation = RegisterOperation::read;
  std::uint64_t key = 0;
  std::uint64_t value = 0;
  std::uint64_t expected = 0;

  [[nodiscard]] std::string encode() const;
  [[nodiscard]] static Result<RegisterRequest> decode(std::string_view bytes);
};

// Answers: numbers of eight bytes; none for a write or an append.
[[nodiscard]] std::vector<std::uint64_t> decode_numbers(std::string_view bytes);

class RegisterMachine final : public StateMachine {
 public:
  [[nodiscard]] Result<Index> applied() override { return applied_; }
  [[nodiscard]] Result<std::vector<std::string>> apply(std::span<const Command> commands, Index through) override;
  [[nodiscard]] Result<std::unique_ptr<SnapshotSource>> take_snapshot() override;
  [[nodiscard]] Result<std::unique_ptr<SnapshotSink>> restore_snapshot(Index index) override;

  [[nodiscard]] std::string read(const RegisterRequest& request) const;

 private:
  class Sink;

  [[nodiscard]] std::string apply(const RegisterRequest& request);

  Index applied_;
  std::map<std::uint64_t, std::uint64_t> registers_;
  std::map<std::uint64_t, std::vector<std::uint64_t>> lists_;
};

}  // namespace consensus::simulator
