// From the server's answer to what the command prints.
#pragma once

#include <string>
#include <string_view>

#include "client/commands.hpp"
#include "client/failure.hpp"
#include "client/options.hpp"

namespace orchestrator::client {

struct HttpAnswer {
  int status = 0;
  std::string reason;  // the reason phrase, "Not Found"
  std::string body;
};

// What goes to standard output, each line ended by a newline; empty when the command prints nothing.
//
// Fails with the server's own message when it sent an error, and otherwise, when the answer is not what the command
// expects (not JSON, an error status, another shape), with what is wrong, to which the caller adds whom it asked.
// Null where a list is expected is an empty list. Lines keep the server's order.
Result<std::string> render(const Command& command, const Options& options, const HttpAnswer& answer);

}  // namespace orchestrator::client
