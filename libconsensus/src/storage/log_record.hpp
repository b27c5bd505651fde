// The rows of a stored log: one record for each write, and the anchors that say where the log begins and reached.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/log_write.hpp"

namespace consensus {

// What one write leaves. The entries take the place of whatever came after `before`.
struct LogRecord {
  HardState hard_state;
  Index commit;
  bool damaged = false;
  LogPosition before;
  std::vector<Entry> entries;

  [[nodiscard]] LogPosition last() const { return entries.empty() ? before : entries.back().position(); }
};

// Where the log begins. Records before `first_record` are leftovers.
struct LogAnchor {
  LogPosition base;
  ConfigurationAt configuration;
  std::uint64_t first_record = 1;
};

// The checksum covers the sequence number, so that a record in a wrong place is not taken for the right one. The
// entries must follow `record.before`; `entries` is given apart to save a copy.
[[nodiscard]] std::string encode(std::uint64_t sequence, const LogRecord& record, const Entry* first,
                                 std::size_t count);
// The entries share the owner's bytes. Each is verified to follow the one before. Errors: Errc::corrupt.
[[nodiscard]] Result<LogRecord> decode_record(std::uint64_t sequence, const std::shared_ptr<const std::string>& bytes);

[[nodiscard]] std::string encode(const LogAnchor& anchor);
[[nodiscard]] Result<LogAnchor> decode_anchor(std::string_view bytes);

// A number with a checksum; `name` tells such numbers apart.
[[nodiscard]] std::string encode_number(std::string_view name, std::uint64_t value);
[[nodiscard]] Result<std::uint64_t> decode_number(std::string_view name, std::string_view bytes);

}  // namespace consensus
