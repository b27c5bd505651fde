// A set of MySQL GTIDs (source UUID, optional tag, sequence number), with set algebra.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "topology/error.hpp"

namespace topology {

// The largest sequence number a server accepts.
inline constexpr std::uint64_t max_gtid_sequence = 9223372036854775806ULL;

// Transactions first..last, both included; 1 <= first <= last <= max_gtid_sequence.
struct GtidInterval {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  friend bool operator==(const GtidInterval&, const GtidInterval&) = default;
};

// Who wrote the transactions: a server UUID in lower case, and since MySQL 8.3 an optional tag in lower case.
struct GtidSource {
  std::string uuid;
  std::string tag;

  friend auto operator<=>(const GtidSource&, const GtidSource&) = default;
  friend bool operator==(const GtidSource&, const GtidSource&) = default;
};

// A value. Intervals are kept sorted, disjoint and merged, so equal sets compare equal and print equal. Set algebra
// is linear in the number of intervals. Source: MySQL Reference Manual, "GTID Format and Storage".
class MysqlGtidSet {
 public:
  using Intervals = std::vector<GtidInterval>;

  MysqlGtidSet() = default;

  // Reads what the servers read: "uuid:1-5:7:tag:1-3,uuid:1", where a tag holds for the intervals after it up to the
  // next tag or source; blanks and newlines between parts, intervals in any order, 5-1 as an interval of nothing,
  // sources without intervals, superfluous commas, UUIDs in braces or without dashes, and the empty text for the empty
  // set. Errors: Errc::parse_error naming the offset.
  [[nodiscard]] static Result<MysqlGtidSet> parse(std::string_view text);

  // The canonical form of the server, without its newlines: sources sorted, each UUID once, its untagged part first,
  // then its tags: "uuid:1-5:7:tag:1-3,uuid:1".
  [[nodiscard]] std::string to_string() const;

  [[nodiscard]] bool empty() const noexcept { return sources_.empty(); }
  // Number of transactions; saturates at the largest uint64.
  [[nodiscard]] std::uint64_t count() const noexcept;
  [[nodiscard]] bool contains(const MysqlGtidSet& other) const;
  [[nodiscard]] bool contains(const GtidSource& source, std::uint64_t sequence) const;
  [[nodiscard]] bool intersects(const MysqlGtidSet& other) const;

  [[nodiscard]] MysqlGtidSet united(const MysqlGtidSet& other) const;
  [[nodiscard]] MysqlGtidSet subtracted(const MysqlGtidSet& other) const;
  [[nodiscard]] MysqlGtidSet intersected(const MysqlGtidSet& other) const;
  // Without any transaction of these UUIDs (in lower case), tagged or not.
  [[nodiscard]] MysqlGtidSet without_uuids(std::span<const std::string> uuids) const;

  // Precondition: the source is in lower case, the interval within the bounds of GtidInterval.
  void add(const GtidSource& source, GtidInterval interval);

  [[nodiscard]] const std::map<GtidSource, Intervals>& sources() const noexcept { return sources_; }
  friend bool operator==(const MysqlGtidSet&, const MysqlGtidSet&) = default;

 private:
  std::map<GtidSource, Intervals> sources_;
};

}  // namespace topology
