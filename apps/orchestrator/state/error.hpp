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
  in_use,                // another orchestrator works on the database
  locked,                // another process holds a lock for longer than we wait
  read_only,             // the database cannot be written
  disk_full,             // no room for the change
  io_error,              // reading or writing failed for another reason
  corrupt,               // the database is none, or is damaged
  foreign,               // the database is that of another program
  schema_too_new,        // a newer version of this program made the database
  overloaded,            // too much is waiting to be applied
  stopped,               // the service is shutting down
  refused,               // the state does not allow what was asked for
  group_too_old,         // a command needs a version that the group has not been raised to
  unreachable,           // the database server cannot be reached, or the connection to it was lost
  access_denied,         // the database server does not let the account in, or do what it must
  data_lost,             // the database no longer has what it had committed; it must be applied again from there
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
