// Set algebra on sorted, disjoint, merged lists of GTID intervals.
#pragma once

#include <cstdint>

#include "topology/mysql_gtid_set.hpp"

namespace topology::gtid_intervals {

using Intervals = MysqlGtidSet::Intervals;

// Brings intervals of any order into the form the other functions need.
void normalize(Intervals& intervals);
// Puts one interval into a normalized list; at the end in constant time, else linear.
void add(Intervals& intervals, GtidInterval interval);
// Number of transactions; cannot overflow, since sequence numbers stay below 2^63.
[[nodiscard]] std::uint64_t count(const Intervals& intervals) noexcept;
[[nodiscard]] bool contains(const Intervals& intervals, std::uint64_t sequence) noexcept;
[[nodiscard]] bool contains(const Intervals& left, const Intervals& right) noexcept;
[[nodiscard]] bool intersects(const Intervals& left, const Intervals& right) noexcept;
[[nodiscard]] Intervals unite(const Intervals& left, const Intervals& right);
[[nodiscard]] Intervals subtract(const Intervals& left, const Intervals& right);
[[nodiscard]] Intervals intersect(const Intervals& left, const Intervals& right);

}  // namespace topology::gtid_intervals
