// Log entries: immutable shared bytes with a checksum, linked by a hash chain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/ids.hpp"

namespace consensus {

// Immutable bytes shared by core, wire and disk without copying. Cheap to copy; safe to share between threads.
class Payload {
 public:
  Payload() = default;
  explicit Payload(std::string bytes);
  // A part of a buffer that `owner` keeps alive.
  Payload(std::shared_ptr<const void> owner, std::string_view bytes) noexcept;

  [[nodiscard]] std::string_view view() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
  friend bool operator==(const Payload& left, const Payload& right) noexcept { return left.bytes_ == right.bytes_; }

 private:
  std::shared_ptr<const void> owner_;
  std::string_view bytes_;
};

// Stored and sent as these numbers; never renumber.
enum class EntryKind : std::uint8_t {
  command = 1,        // for the state machine
  configuration = 2,  // an encoded Configuration, in force from the moment it is appended
  barrier = 3,        // a leader's empty first entry of its term
};

// A place in the log. The chain is a hash over everything up to it, so equal positions mean equal histories.
struct LogPosition {
  Index index;
  Term term;
  std::uint64_t chain = 0;

  friend bool operator==(const LogPosition&, const LogPosition&) = default;
};

struct Entry {
  Term term;
  Index index;
  EntryKind kind = EntryKind::command;
  Payload payload;
  std::uint32_t checksum = 0;  // CRC-32C of the payload
  std::uint64_t chain = 0;

  [[nodiscard]] LogPosition position() const noexcept { return {index, term, chain}; }
  friend bool operator==(const Entry&, const Entry&) = default;
};

// The entry after `previous`, with checksum and chain computed.
[[nodiscard]] Entry make_entry(const LogPosition& previous, Term term, EntryKind kind, Payload payload);
// True when the entry is the one after `previous`: index, chain and payload checksum fit.
[[nodiscard]] bool follows(const Entry& entry, const LogPosition& previous) noexcept;

// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of bytes, continuing from the CRC of those before them.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0) noexcept;

}  // namespace consensus
