// Credentials files in the form of MySQL's option files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "configuration/diagnostic.hpp"
#include "configuration/secret.hpp"

namespace orchestrator {

// What the [client] section says; a key that it lacks is empty here and leaves the configuration alone.
struct Credentials {
  std::optional<std::string> user;
  std::optional<Secret> password;
  Diagnostics diagnostics;
};

// Reads "key = value" lines: names without case, # and ; comments, values bare or in single or double quotes with the
// escapes \b \t \n \r \s \\ \" \'. Other sections and keys are skipped. Errors: a quote without end, a line that is
// neither. Source: MySQL manual, "Using Option Files". Pure; messages never hold a value.
[[nodiscard]] Credentials parse_credentials(std::string_view text, std::string_view file_name);

}  // namespace orchestrator
