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
    const bool overflows = shift == 63 && byte > 1;
    const bool longer_than_needed = byte == 0 && shift > 0;
    if (overflows || longer_than_needed) break;
    rest_.remove_prefix(1);
    number |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return number;
  }
  ran_out_ = ran_out_ || (ok_ && rest_.empty());
  ok_ = false;
  rest_ = {};
  return 0;
}

std::string_view ByteReader::text() noexcept {
  return raw(number());
}

std::string_view ByteReader::raw(std::uint64_t size) noexcept {
  if (ok_ && size <= rest_.size()) {
    const auto bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  ran_out_ = ran_out_ || ok_;
  ok_ = false;
  rest_ = {};
  return {};
}

}  // namespace orchestrator::state
