// What the tests of the state share: a state on a database, and commands put through their binary form.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "state/proposal.hpp"
#include "state/sqlite_database.hpp"
#include "state/state.hpp"

namespace orchestrator::state {

inline Time at(std::int64_t microseconds) {
  return Time{std::chrono::microseconds{microseconds}};
}

// The end of the test when the database cannot be opened.
inline std::unique_ptr<State> open_state(const std::string& file) {
  auto database = open_sqlite({.file = file, .lock_wait = std::chrono::milliseconds(10)});
  if (!database) FAIL(database.error().message());
  return std::make_unique<State>(std::move(*database));
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

}  // namespace orchestrator::state
