// nearest: what the user may have meant by a word that does not exist.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace orchestrator::client {

// The candidate with the smallest edit distance (insert, delete, replace, swap of neighbours), if it is small enough to
// be a slip of the finger; the first of equals.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace orchestrator::client
