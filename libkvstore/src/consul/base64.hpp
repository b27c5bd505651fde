// Base64 of RFC 4648, section 4, with padding.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kvstore {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
// Nothing if the text is not exactly what encoding gives.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace kvstore
