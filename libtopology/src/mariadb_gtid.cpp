// Reading, printing and comparing of MariaDB GTID positions.
#include "topology/mariadb_gtid.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace topology {
namespace {

constexpr std::string_view blanks = " \t\r\n\f\v";

template <class Number>
bool take_number(std::string_view& text, Number& number) noexcept {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return code == std::errc{};
}

bool take(std::string_view& text, char letter) noexcept {
  if (!text.starts_with(letter)) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

void skip_blanks(std::string_view& text) noexcept {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
}

bool take_gtid(std::string_view& text, MariadbGtid& gtid) noexcept {
  return take_number(text, gtid.domain) && take(text, '-') && take_number(text, gtid.server_id) && take(text, '-') &&
         take_number(text, gtid.sequence);
}

}  // namespace

std::string MariadbGtid::to_string() const {
  return std::to_string(domain) + "-" + std::to_string(server_id) + "-" + std::to_string(sequence);
}

Result<MariadbGtidPosition> MariadbGtidPosition::parse(std::string_view text) {
  const auto malformed = [whole = text.size()](std::string_view rest, const std::string& reason) {
    return make_error(Errc::parse_error,
                      "MariaDB GTID position at offset " + std::to_string(whole - rest.size()) + ": " + reason);
  };
  MariadbGtidPosition position;
  auto rest = text;
  skip_blanks(rest);
  while (!rest.empty()) {
    MariadbGtid gtid;
    if (!take_gtid(rest, gtid)) {
      return malformed(rest, "expected domain-server-sequence");
    }
    position.add(gtid);
    skip_blanks(rest);
    if (rest.empty()) {
      break;
    }
    if (!take(rest, ',')) {
      return malformed(rest, "expected ','");
    }
    skip_blanks(rest);
    if (rest.empty()) {
      return malformed(rest, "expected a GTID after ','");
    }
  }
  return position;
}

std::string MariadbGtidPosition::to_string() const {
  std::string text;
  for (const auto& [place, sequence] : gtids_) {
    text += text.empty() ? "" : ",";
    text += MariadbGtid{place.first, place.second, sequence}.to_string();
  }
  return text;
}

std::optional<MariadbGtid> MariadbGtidPosition::domain(std::uint32_t domain) const {
  std::optional<MariadbGtid> result;
  for (auto each = gtids_.lower_bound({domain, 0}); each != gtids_.end() && each->first.first == domain; ++each) {
    if (!result || each->second > result->sequence) {
      result = MariadbGtid{domain, each->first.second, each->second};
    }
  }
  return result;
}

std::map<std::uint32_t, MariadbGtid> MariadbGtidPosition::newest() const {
  std::map<std::uint32_t, MariadbGtid> result;
  for (const auto& [place, sequence] : gtids_) {
    const MariadbGtid gtid{place.first, place.second, sequence};
    const auto [found, is_new] = result.try_emplace(gtid.domain, gtid);
    if (!is_new && found->second.sequence < sequence) {
      found->second = gtid;
    }
  }
  return result;
}

std::uint64_t MariadbGtidPosition::count() const noexcept {
  std::uint64_t total = 0;
  std::uint64_t largest = 0;
  for (auto each = gtids_.begin(); each != gtids_.end(); ++each) {
    largest = std::max(largest, each->second);
    const auto next = std::next(each);
    if (next != gtids_.end() && next->first.first == each->first.first) {
      continue;
    }
    if (largest > std::numeric_limits<std::uint64_t>::max() - total) {
      return std::numeric_limits<std::uint64_t>::max();
    }
    total += std::exchange(largest, 0);
  }
  return total;
}

bool MariadbGtidPosition::contains(const MariadbGtidPosition& other) const {
  return other.subtracted(*this).empty();
}

MariadbGtidPosition MariadbGtidPosition::united(const MariadbGtidPosition& other) const {
  auto gtids = newest();
  for (const auto& [domain, gtid] : other.newest()) {
    const auto [found, is_new] = gtids.try_emplace(domain, gtid);
    if (!is_new && found->second.sequence < gtid.sequence) {
      found->second = gtid;
    }
  }
  MariadbGtidPosition result;
  for (const auto& [domain, gtid] : gtids) {
    result.add(gtid);
  }
  return result;
}

MariadbGtidPosition MariadbGtidPosition::intersected(const MariadbGtidPosition& other) const {
  MariadbGtidPosition result;
  for (const auto& [domain, gtid] : newest()) {
    if (const auto theirs = other.domain(domain)) {
      result.add(theirs->sequence < gtid.sequence ? *theirs : gtid);
    }
  }
  return result;
}

MariadbGtidPosition MariadbGtidPosition::subtracted(const MariadbGtidPosition& other) const {
  MariadbGtidPosition result;
  for (const auto& [domain, gtid] : newest()) {
    const auto theirs = other.domain(domain);
    if (!theirs || theirs->sequence < gtid.sequence) {
      result.add(gtid);
    }
  }
  return result;
}

void MariadbGtidPosition::add(const MariadbGtid& gtid) {
  auto& sequence = gtids_[{gtid.domain, gtid.server_id}];
  sequence = std::max(sequence, gtid.sequence);
}

}  // namespace topology
