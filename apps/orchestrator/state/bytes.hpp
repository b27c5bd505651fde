// Numbers and texts in the binary forms of the state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orchestrator::state {

// LEB128: seven bits a byte, the lowest first.
void append_number(std::string& bytes, std::uint64_t number);
// Length and bytes.
void append_text(std::string& bytes, std::string_view text);

// Small numbers of either sign in few bytes.
[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1U) ^ static_cast<std::uint64_t>(number >> 63U);
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t number) {
  return static_cast<std::int64_t>(number >> 1U) ^ -static_cast<std::int64_t>(number & 1U);
}

// Never reads past the end: after the first thing that is not there every value is zero or empty, and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) noexcept : rest_(bytes) {}

  // Only in its shortest form, so that equal values have equal bytes.
  std::uint64_t number() noexcept;
  std::string_view text() noexcept;
  std::string_view raw(std::uint64_t size) noexcept;

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  // It is not wrong, there is only not enough of it.
  [[nodiscard]] bool ran_out() const noexcept { return ran_out_; }
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
  bool ran_out_ = false;
};

}  // namespace orchestrator::state
