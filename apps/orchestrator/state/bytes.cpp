// Writes and reads the parts of binary forms.
#include "state/bytes.hpp"

namespace orchestrator::state {

void append_number(std::string& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7U) bytes.push_back(static_cast<char>(0x80U | (number & 0x7fU)));
  bytes.push_back(static_cast<char>(number));
}

void append_text(std::string& bytes, std::string_view text) {
  append_number(bytes, text.size());
  bytes.append(text);
}

std::uint64_t ByteReader::number() noexcept {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64 && ok_ && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    const bool overflows = shift == 63 && byte > 1;
    const bool longer_than_needed = byte == 0 && shift > 0;
    if (overflows || longer_than_needed) break;
    number |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return number;
  }
  ok_ = false;
  rest_ = {};
  return 0;
}

std::string_view ByteReader::text() noexcept {
  const auto size = number();
  if (!ok_ || size > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  const auto text = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return text;
}

}  // namespace orchestrator::state
