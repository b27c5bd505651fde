// Walks the sequences of a UTF-8 text.
#include "configuration/utf8.hpp"

#include <cstdint>

namespace orchestrator {
namespace {

// Length of the sequence that starts with this byte and the range its second byte must lie in; 0: no such start.
struct Sequence {
  std::size_t length;
  std::uint8_t low;
  std::uint8_t high;
};

Sequence sequence_of(std::uint8_t first) {
  if (first < 0x80) return {1, 0, 0};
  if (first >= 0xc2 && first <= 0xdf) return {2, 0x80, 0xbf};
  if (first == 0xe0) return {3, 0xa0, 0xbf};
  if (first == 0xed) return {3, 0x80, 0x9f};
  if (first >= 0xe1 && first <= 0xef) return {3, 0x80, 0xbf};
  if (first == 0xf0) return {4, 0x90, 0xbf};
  if (first >= 0xf1 && first <= 0xf3) return {4, 0x80, 0xbf};
  if (first == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    const auto sequence = sequence_of(byte(i));
    if (sequence.length == 0 || text.size() - i < sequence.length) return i;
    if (sequence.length > 1 && (byte(i + 1) < sequence.low || byte(i + 1) > sequence.high)) return i;
    for (std::size_t k = 2; k < sequence.length; ++k) {
      if ((byte(i + k) & 0xc0) != 0x80) return i;
    }
    i += sequence.length;
  }
  return std::nullopt;
}

}  // namespace orchestrator
