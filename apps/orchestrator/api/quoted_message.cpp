// Quotes messages, and takes the quotes off again.
#include "api/quoted_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
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

void append_utf8(std::string& text, std::uint32_t value) {
  const auto byte = [&text](std::uint32_t bits) { text.push_back(static_cast<char>(bits)); };
  const auto tail = [&byte, value](unsigned shift) { byte(0x80U | ((value >> shift) & 0x3FU)); };
  if (value < 0x80) {
    byte(value);
  } else if (value < 0x800) {
    byte(0xC0U | (value >> 6U));
    tail(0);
  } else if (value < 0x10000) {
    byte(0xE0U | (value >> 12U));
    tail(6);
    tail(0);
  } else {
    byte(0xF0U | (value >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

// Appends what an escape means; the number of characters it takes after the backslash, 0 when it is none.
std::size_t append_escaped(std::string& text, std::string_view after_backslash) {
  const char letter = after_backslash.empty() ? '\0' : after_backslash.front();
  for (const auto& escape : escapes) {
    if (escape.letter == letter) {
      text.push_back(escape.plain);
      return 1;
    }
  }
  const std::size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
  if (digits == 0 || after_backslash.size() < digits + 1) {
    return 0;
  }
  std::uint32_t value = 0;
  const auto* begin = after_backslash.data() + 1;
  const auto [end, code] = std::from_chars(begin, begin + digits, value, 16);
  if (code != std::errc{} || end != begin + digits || value > 0x10FFFF) {
    return 0;
  }
  if (letter == 'x') {
    text.push_back(static_cast<char>(value));
  } else {
    append_utf8(text, value);
  }
  return digits + 1;
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

std::string unquoted_message(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
    return std::string(text);
  }
  std::string message;
  auto rest = text.substr(1, text.size() - 2);
  while (!rest.empty()) {
    if (rest.front() != '\\') {
      message.push_back(rest.front());
      rest.remove_prefix(1);
      continue;
    }
    const auto taken = append_escaped(message, rest.substr(1));
    if (taken == 0) {
      return std::string(text);
    }
    rest.remove_prefix(1 + taken);
  }
  return message;
}

}  // namespace orchestrator::api
