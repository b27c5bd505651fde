// Texts made from the tables of options and commands.
#pragma once

#include <string>
#include <string_view>

#include "client/failure.hpp"

namespace orchestrator::client {

// What --help prints.
std::string help_text();

// The reference page docs/reference/client-commands.md.
std::string reference_page();

// A completion script for that shell; bash only.
Result<std::string> completion_script(std::string_view shell);

}  // namespace orchestrator::client
