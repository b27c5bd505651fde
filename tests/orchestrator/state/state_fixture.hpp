// What the tests of the state share: databases to keep it in, and commands put through their binary form.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "state/proposal.hpp"
#include "state/state.hpp"

namespace orchestrator::state {

inline Time at(std::int64_t microseconds) {
  return Time{std::chrono::microseconds{microseconds}};
}

// A database of its own, which goes with the object.
class Backend {
 public:
  virtual ~Backend() = default;
  // A connection to it; there may be only one at a time.
  virtual Result<std::unique_ptr<Database>> open() = 0;
};
// Of the kind that the test program is for; empty.
[[nodiscard]] std::unique_ptr<Backend> make_backend();

// The end of the test when the database cannot be opened.
inline std::unique_ptr<State> must_open(Result<std::unique_ptr<Database>> database) {
  if (!database) FAIL(database.error().message());
  return std::make_unique<State>(std::move(*database));
}

// A state with its database.
class OwnedState {
 public:
  explicit OwnedState(std::unique_ptr<Backend> backend)
      : backend_(std::move(backend)), state_(must_open(backend_->open())) {}
  State& operator*() const { return *state_; }
  State* operator->() const { return state_.get(); }

 private:
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<State> state_;
};
inline OwnedState empty_state() {
  return OwnedState(make_backend());
}

// As one proposal at the next index.
inline Result<Answers> propose(State& state, const std::vector<Command>& commands) {
  const auto index = state.applied();
  if (!index) return index.error();
  const auto bytes = encode_commands(commands, state.version().value());
  if (!bytes) return bytes.error();
  const Proposal proposal{*index + 1, *bytes};
  auto answers = state.apply(std::span(&proposal, 1), proposal.index);
  if (!answers) return answers.error();
  return std::move(answers->front());
}

inline Answers must_apply(State& state, const std::vector<Command>& commands) {
  auto answers = propose(state, commands);
  if (!answers) FAIL(answers.error().message());
  return std::move(*answers);
}
inline Answer must_apply(State& state, const Command& command) {
  return must_apply(state, std::vector{command}).front();
}

template <class Row>
std::vector<Row> all(State& state) {
  auto rows = state.all<Row>();
  if (!rows) FAIL(rows.error().message());
  return std::move(*rows);
}

// All of the state as bytes.
inline std::string snapshot_of(State& state) {
  auto reader = state.snapshot();
  if (!reader) FAIL(reader.error().message());
  std::string all;
  for (;;) {
    const auto piece = (*reader)->read();
    if (!piece) FAIL(piece.error().message());
    if (piece->empty()) return all;
    all += *piece;
  }
}

}  // namespace orchestrator::state
