// Error codes of the state.
#pragma once

#include <string>
#include <system_error>
#include <utility>

#include "topology/error.hpp"

namespace orchestrator::state {

enum class Errc {
  invalid_argument = 1,  // a command that cannot be applied, whenever it is tried
  cannot_open,           // the file cannot be opened or created
  in_use,                // another server works on the file
  locked,                // another process holds a lock on the file for longer than we wait
  read_only,             // the file or its file system cannot be written
  disk_full,             // no room for the change
  io_error,              // the operating system failed to read or write
  corrupt,               // the file is not a database, or is damaged
  foreign,               // the file is a database of another program
  schema_too_new,        // a newer version of this program made the file
  overloaded,            // too much is waiting to be applied
  stopped,               // the service is shutting down
  refused,               // the state does not allow what was asked for
  group_too_old,         // a command needs a version that the group has not been raised to
  program_too_old,       // the group has been raised to a version that this program does not know
};

const std::error_category& error_category() noexcept;
std::error_code make_error_code(Errc code) noexcept;

// The context names the file or the command.
using topology::Error;
using topology::Result;

inline Error make_error(Errc code, std::string context) {
  return {make_error_code(code), std::move(context)};
}

// True when the same call may succeed later without another command: room on the disk, the end of somebody's lock.
[[nodiscard]] bool is_retryable(const std::error_code& code) noexcept;

}  // namespace orchestrator::state

template <>
struct std::is_error_code_enum<orchestrator::state::Errc> : std::true_type {};
