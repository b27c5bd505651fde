// States in SQLite databases, for tests that are about those.
#pragma once

#include "state/sqlite_database.hpp"
#include "state_fixture.hpp"

namespace orchestrator::state {

inline std::unique_ptr<State> open_state(const std::string& file) {
  return must_open(open_sqlite({.file = file, .lock_wait = std::chrono::milliseconds(10)}));
}

}  // namespace orchestrator::state
