// What is to be said about a configuration file: errors, warnings and remarks with their place.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace orchestrator {

enum class Severity {
  info,
  warning,
  error,
};

// file, key and line may be empty or 0 when they are not known. Never holds the value of a secret.
struct Diagnostic {
  Severity severity = Severity::info;
  std::string file;
  std::string key;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string message;

  // "FILE:LINE:COLUMN: error: KEY: MESSAGE", on one line, without what is not known.
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

using Diagnostics = std::vector<Diagnostic>;

[[nodiscard]] bool has_error(const Diagnostics& diagnostics);
// One line each, errors first, then warnings, then remarks; each line ends with a newline.
[[nodiscard]] std::string to_lines(const Diagnostics& diagnostics);

}  // namespace orchestrator
