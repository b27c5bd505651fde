// Formats diagnostics as text lines.
#include "configuration/diagnostic.hpp"

#include <algorithm>

namespace orchestrator {
namespace {

const char* name_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "";
}

// Keys and values come from files; a line break or escape in one must not fake another line of output.
std::string without_control_characters(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

}  // namespace

std::string Diagnostic::to_string() const {
  std::string text;
  if (!file.empty()) {
    text = file;
    if (line != 0) text += ":" + std::to_string(line);
    if (line != 0 && column != 0) text += ":" + std::to_string(column);
    text += ": ";
  }
  text += name_of(severity);
  text += ": ";
  if (!key.empty()) text += key + ": ";
  return without_control_characters(text + message);
}

bool has_error(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::error; });
}

std::string to_lines(const Diagnostics& diagnostics) {
  std::string text;
  for (const Severity severity : {Severity::error, Severity::warning, Severity::info}) {
    for (const Diagnostic& diagnostic : diagnostics) {
      if (diagnostic.severity == severity) text += diagnostic.to_string() + "\n";
    }
  }
  return text;
}

}  // namespace orchestrator
