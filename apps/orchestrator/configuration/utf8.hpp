// Checks that a text is UTF-8.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace orchestrator {

// Offset of the first byte that is not part of well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates).
[[nodiscard]] std::optional<std::size_t> find_invalid_utf8(std::string_view text);

}  // namespace orchestrator
