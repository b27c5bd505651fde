// The database of this node's copy of the state, as the configuration says.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "configuration/configuration.hpp"
#include "state/error.hpp"
#include "state/state.hpp"

namespace orchestrator {

// Opens this node's copy of the state and brings its schema up. Blocks.
//
// A state without the log that led to it cannot go on from there, because what the log says next may have happened
// already. If others have the log, an SQLite file is put away under another name (the program's log says which) and the
// node begins without one; otherwise that is an error that says what to do.
//
// Errors: those of open_sqlite() and open_mysql(), which name what is missing; invalid_argument for a log that is gone.
[[nodiscard]] state::Result<std::unique_ptr<state::State>> open_state(const Configuration& configuration,
                                                                      const std::filesystem::path& log_folder);

// For people: the file, or "mysql://user@host:port/database".
[[nodiscard]] std::string backend_name(const BackendSettings& settings);

}  // namespace orchestrator
