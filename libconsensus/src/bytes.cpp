// The binary forms' primitives.
#include "bytes.hpp"

namespace consensus {
namespace {

template <class Number>
void append_little_endian(std::string& bytes, Number value) {
  for (unsigned shift = 0; shift < sizeof(Number) * 8; shift += 8) {
    bytes.push_back(static_cast<char>((value >> shift) & 0xffU));
  }
}

template <class Number>
Number little_endian(std::string_view bytes) noexcept {
  Number value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value |= static_cast<Number>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

}  // namespace

void ByteWriter::u32(std::uint32_t value) {
  append_little_endian(bytes_, value);
}

void ByteWriter::u64(std::uint64_t value) {
  append_little_endian(bytes_, value);
}

void ByteWriter::number(std::uint64_t value) {
  while (value >= 0x80U) {
    bytes_.push_back(static_cast<char>((value & 0x7fU) | 0x80U));
    value >>= 7U;
  }
  bytes_.push_back(static_cast<char>(value));
}

void ByteWriter::text(std::string_view bytes) {
  number(bytes.size());
  raw(bytes);
}

std::uint8_t ByteReader::u8() noexcept {
  const std::string_view bytes = raw(1);
  return bytes.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(bytes[0]);
}

std::uint32_t ByteReader::u32() noexcept {
  return little_endian<std::uint32_t>(raw(4));
}

std::uint64_t ByteReader::u64() noexcept {
  return little_endian<std::uint64_t>(raw(8));
}

std::uint64_t ByteReader::number() noexcept {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = u8();
    if ((shift == 63 && byte > 1) || (shift > 0 && byte == 0)) break;
    value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if ((byte & 0x80U) == 0) return ok_ ? value : 0;
  }
  fail();
  return 0;
}

bool ByteReader::flag() noexcept {
  const std::uint8_t byte = u8();
  if (byte > 1) fail();
  return byte == 1;
}

std::string_view ByteReader::raw(std::uint64_t size) noexcept {
  if (!ok_ || size > rest_.size()) {
    fail();
    return {};
  }
  const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(size));
  rest_.remove_prefix(static_cast<std::size_t>(size));
  return taken;
}

std::string_view ByteReader::text() noexcept {
  return raw(number());
}

std::uint64_t ByteReader::count(std::uint64_t least) noexcept {
  const std::uint64_t many = number();
  if (many > rest_.size() / (least == 0 ? 1 : least)) {
    fail();
    return 0;
  }
  return many;
}

void ByteReader::fail() noexcept {
  ok_ = false;
  rest_ = {};
}

}  // namespace consensus
