// Set algebra on MySQL GTID sets: one merge over the sources of both sides, then over their intervals.
#include "topology/mysql_gtid_set.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "gtid_intervals.hpp"

namespace topology {

std::uint64_t MysqlGtidSet::count() const noexcept {
  std::uint64_t total = 0;
  for (const auto& [source, intervals] : sources_) {
    const auto more = gtid_intervals::count(intervals);
    if (more > std::numeric_limits<std::uint64_t>::max() - total) {
      return std::numeric_limits<std::uint64_t>::max();
    }
    total += more;
  }
  return total;
}

bool MysqlGtidSet::contains(const MysqlGtidSet& other) const {
  return std::all_of(other.sources_.begin(), other.sources_.end(), [this](const auto& wanted) {
    const auto found = sources_.find(wanted.first);
    return found != sources_.end() && gtid_intervals::contains(found->second, wanted.second);
  });
}

bool MysqlGtidSet::contains(const GtidSource& source, std::uint64_t sequence) const {
  const auto found = sources_.find(source);
  return found != sources_.end() && gtid_intervals::contains(found->second, sequence);
}

bool MysqlGtidSet::intersects(const MysqlGtidSet& other) const {
  return std::any_of(other.sources_.begin(), other.sources_.end(), [this](const auto& wanted) {
    const auto found = sources_.find(wanted.first);
    return found != sources_.end() && gtid_intervals::intersects(found->second, wanted.second);
  });
}

MysqlGtidSet MysqlGtidSet::united(const MysqlGtidSet& other) const {
  MysqlGtidSet result = *this;
  for (const auto& [source, intervals] : other.sources_) {
    const auto [place, is_new] = result.sources_.try_emplace(source, intervals);
    if (!is_new) {
      place->second = gtid_intervals::unite(place->second, intervals);
    }
  }
  return result;
}

MysqlGtidSet MysqlGtidSet::subtracted(const MysqlGtidSet& other) const {
  MysqlGtidSet result;
  for (const auto& [source, intervals] : sources_) {
    const auto found = other.sources_.find(source);
    auto rest = found == other.sources_.end() ? intervals : gtid_intervals::subtract(intervals, found->second);
    if (!rest.empty()) {
      result.sources_.emplace_hint(result.sources_.end(), source, std::move(rest));
    }
  }
  return result;
}

MysqlGtidSet MysqlGtidSet::intersected(const MysqlGtidSet& other) const {
  MysqlGtidSet result;
  for (const auto& [source, intervals] : sources_) {
    const auto found = other.sources_.find(source);
    if (found == other.sources_.end()) {
      continue;
    }
    auto common = gtid_intervals::intersect(intervals, found->second);
    if (!common.empty()) {
      result.sources_.emplace_hint(result.sources_.end(), source, std::move(common));
    }
  }
  return result;
}

MysqlGtidSet MysqlGtidSet::without_uuids(std::span<const std::string> uuids) const {
  MysqlGtidSet result;
  for (const auto& entry : sources_) {
    if (std::find(uuids.begin(), uuids.end(), entry.first.uuid) == uuids.end()) {
      result.sources_.emplace_hint(result.sources_.end(), entry);
    }
  }
  return result;
}

void MysqlGtidSet::add(const GtidSource& source, GtidInterval interval) {
  if (interval.first <= interval.last) {
    gtid_intervals::add(sources_[source], interval);
  }
}

}  // namespace topology
