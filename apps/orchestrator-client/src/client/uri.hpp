// Percent-encoding of what becomes part of a URL. Source: RFC 3986.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace orchestrator::client {

// Encodes one path segment or query value: everything but unreserved characters and ':' becomes %XX.
std::string percent_encode(std::string_view text);

// Makes a path that the user wrote safe to send: keeps what a request target may contain, '%', '/' and '?' included,
// and encodes the rest (blanks, control characters, bytes above 127, '#').
std::string percent_encode_target(std::string_view path);

// Nothing when a '%' is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace orchestrator::client
