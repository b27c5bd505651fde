// Quotes messages.
#include "api/quoted_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace orchestrator::api {
namespace {

struct Escape {
  char plain;
  char letter;
};
constexpr std::array escapes{Escape{'\a', 'a'}, Escape{'\b', 'b'}, Escape{'\f', 'f'},
                             Escape{'\n', 'n'}, Escape{'\r', 'r'}, Escape{'\t', 't'},
                             Escape{'\v', 'v'}, Escape{'"', '"'},  Escape{'\\', '\\'}};

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;
};

// The number of bytes that a sequence with this first byte has; 0 when no sequence begins so.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) {
    return 1;
  }
  if (lead < 0xC2 || lead > 0xF4) {
    return 0;
  }
  return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

// Nothing when the text does not begin with valid UTF-8. The text is not empty.
std::optional<CodePoint> first_code_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const auto bytes = sequence_length(lead);
  if (bytes == 0 || text.size() < bytes) {
    return std::nullopt;
  }
  constexpr std::array<std::uint32_t, 5> lead_bits{0, 0x7F, 0x1F, 0x0F, 0x07};
  constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
  std::uint32_t value = lead & lead_bits[bytes];
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80) {
      return std::nullopt;
    }
    value = (value << 6U) | (next & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value < 0xE000;
  if (value < smallest[bytes] || surrogate || value > 0x10FFFF) {
    return std::nullopt;
  }
  return CodePoint{value, bytes};
}

}  // namespace

std::string quoted_message(std::string_view message) {
  if (message.empty()) {
    return {};
  }
  std::string text = "\"";
  while (!message.empty()) {
    const char first = message.front();
    const auto point = first_code_point(message);
    const auto escape =
        std::find_if(escapes.begin(), escapes.end(), [first](const auto& e) { return e.plain == first; });
    if (escape != escapes.end()) {
      text.push_back('\\');
      text.push_back(escape->letter);
    } else if (!point || point->value < 0x20 || point->value == 0x7F) {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(first));
    } else if (point->value < 0x7F) {
      text.push_back(first);
    } else if (point->value < 0x10000) {
      text += fmt::format("\\u{:04x}", point->value);
    } else {
      text += fmt::format("\\U{:08x}", point->value);
    }
    message.remove_prefix(point ? point->bytes : 1);
  }
  text.push_back('"');
  return text;
}

}  // namespace orchestrator::api
