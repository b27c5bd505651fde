// One walk over both lists for each operation.
#include "gtid_intervals.hpp"

#include <algorithm>

namespace topology::gtid_intervals {
namespace {

bool begins_before(const GtidInterval& left, const GtidInterval& right) noexcept {
  return left.first < right.first;
}

// Appends an interval that begins at or after all others, merging it with the last where they touch.
void append(Intervals& intervals, GtidInterval interval) {
  if (!intervals.empty() && interval.first <= intervals.back().last + 1) {
    intervals.back().last = std::max(intervals.back().last, interval.last);
  } else {
    intervals.push_back(interval);
  }
}

}  // namespace

void normalize(Intervals& intervals) {
  const auto touches = [](const GtidInterval& left, const GtidInterval& right) { return right.first <= left.last + 1; };
  if (std::adjacent_find(intervals.begin(), intervals.end(), touches) == intervals.end()) {
    return;  // what servers print is normalized already
  }
  std::sort(intervals.begin(), intervals.end(), begins_before);
  Intervals merged;
  merged.reserve(intervals.size());
  for (const auto& interval : intervals) {
    append(merged, interval);
  }
  intervals = std::move(merged);
}

void add(Intervals& intervals, GtidInterval interval) {
  // The first interval that ends close enough to merge, and the first that begins too late to.
  const auto begin = std::partition_point(intervals.begin(), intervals.end(),
                                          [&](const GtidInterval& each) { return each.last + 1 < interval.first; });
  const auto end = std::partition_point(begin, intervals.end(),
                                        [&](const GtidInterval& each) { return each.first <= interval.last + 1; });
  if (begin == end) {
    intervals.insert(begin, interval);
    return;
  }
  begin->first = std::min(begin->first, interval.first);
  begin->last = std::max(std::prev(end)->last, interval.last);
  intervals.erase(std::next(begin), end);
}

std::uint64_t count(const Intervals& intervals) noexcept {
  std::uint64_t total = 0;
  for (const auto& interval : intervals) {
    total += interval.last - interval.first + 1;
  }
  return total;
}

bool contains(const Intervals& intervals, std::uint64_t sequence) noexcept {
  const auto found = std::partition_point(intervals.begin(), intervals.end(),
                                          [&](const GtidInterval& each) { return each.last < sequence; });
  return found != intervals.end() && found->first <= sequence;
}

bool contains(const Intervals& left, const Intervals& right) noexcept {
  auto here = left.begin();
  return std::all_of(right.begin(), right.end(), [&](const GtidInterval& wanted) {
    while (here != left.end() && here->last < wanted.last) {
      ++here;
    }
    return here != left.end() && here->first <= wanted.first;
  });
}

bool intersects(const Intervals& left, const Intervals& right) noexcept {
  auto a = left.begin();
  auto b = right.begin();
  while (a != left.end() && b != right.end()) {
    if (a->last < b->first) {
      ++a;
    } else if (b->last < a->first) {
      ++b;
    } else {
      return true;
    }
  }
  return false;
}

Intervals unite(const Intervals& left, const Intervals& right) {
  Intervals result;
  result.reserve(left.size() + right.size());
  auto a = left.begin();
  auto b = right.begin();
  while (a != left.end() || b != right.end()) {
    const bool from_left = b == right.end() || (a != left.end() && begins_before(*a, *b));
    append(result, from_left ? *a++ : *b++);
  }
  return result;
}

Intervals subtract(const Intervals& left, const Intervals& right) {
  Intervals result;
  auto hole = right.begin();
  for (auto rest : left) {
    while (hole != right.end() && hole->last < rest.first) {
      ++hole;
    }
    // The last hole may reach into the next interval of the left side, so it is not passed here.
    for (auto each = hole; each != right.end() && each->first <= rest.last; ++each) {
      if (rest.first < each->first) {
        result.push_back({rest.first, each->first - 1});
      }
      rest.first = each->last + 1;
      hole = each;
    }
    if (rest.first <= rest.last) {
      result.push_back(rest);
    }
  }
  return result;
}

Intervals intersect(const Intervals& left, const Intervals& right) {
  Intervals result;
  auto a = left.begin();
  auto b = right.begin();
  while (a != left.end() && b != right.end()) {
    const GtidInterval common{std::max(a->first, b->first), std::min(a->last, b->last)};
    if (common.first <= common.last) {
      result.push_back(common);
    }
    if (a->last < b->last) {
      ++a;
    } else {
      ++b;
    }
  }
  return result;
}

}  // namespace topology::gtid_intervals
