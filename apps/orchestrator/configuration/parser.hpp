// Reads the text of one configuration file; pure.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "configuration/configuration.hpp"
#include "configuration/diagnostic.hpp"

namespace orchestrator {

// Where a key was given its value.
struct Origin {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
};

// A configuration between its files and the rules: values, and which keys were given (by their name in the table).
struct Draft {
  Configuration values;
  std::map<std::string, Origin, std::less<>> origins;
};

struct ParseOutcome {
  Draft draft;
  Diagnostics diagnostics;
};

inline constexpr std::size_t largest_configuration_file = std::size_t{1} << 20;

// Reads one JSON object on top of base. Names match without case; null puts the default back; what is wrong with one
// key does not keep the others from being read, so that all errors show at once. file_name is for messages only.
// Errors: not UTF-8, not JSON, not an object, a name twice, a wrong type or value, a file that is too large. Warnings:
// unknown and deprecated names.
[[nodiscard]] ParseOutcome parse_configuration(std::string_view text, std::string_view file_name, Draft base = {});

}  // namespace orchestrator
