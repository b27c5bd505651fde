// Writes and reads the little-endian binary forms of everything that is stored or sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace consensus {

class ByteWriter {
 public:
  void u8(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void u32(std::uint32_t value);
  void u64(std::uint64_t value);
  // One to ten bytes, small numbers in few (LEB128).
  void number(std::uint64_t value);
  void raw(std::string_view bytes) { bytes_.append(bytes); }
  // Room for this many bytes in all, so that writing them does not copy what is there.
  void reserve(std::size_t size) { bytes_.reserve(size); }
  // Length and bytes.
  void text(std::string_view bytes);

  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Never reads past the end: after the first thing that is not there every value is zero or empty, and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) noexcept : rest_(bytes) {}

  std::uint8_t u8() noexcept;
  std::uint32_t u32() noexcept;
  std::uint64_t u64() noexcept;
  // Only in its shortest form, so that equal values have equal bytes.
  std::uint64_t number() noexcept;
  // 0 or 1.
  bool flag() noexcept;
  // Views into the bytes that are read.
  std::string_view raw(std::uint64_t size) noexcept;
  std::string_view text() noexcept;
  // A count of things that take at least `least` bytes each; more than can be there is a failure.
  std::uint64_t count(std::uint64_t least) noexcept;

  void fail() noexcept;
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }
  // Everything was there, and nothing is left.
  [[nodiscard]] bool finished() const noexcept { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace consensus
