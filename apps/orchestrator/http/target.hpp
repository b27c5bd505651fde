// Reads the target of a request line: path and query.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace orchestrator::http {

struct Target {
  std::string text;  // path and query as they came, without scheme, authority and fragment
  std::string path;
  Query query;
};

// Reads "/path?query" and "http://authority/path?query". Nothing when the text is neither, or when its path holds an
// incomplete percent code. A query pair with one is left out, as net/http does.
[[nodiscard]] std::optional<Target> parse_target(std::string_view text);

// Nothing when a percent sign is not followed by two hexadecimal digits.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace orchestrator::http
