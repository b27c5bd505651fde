// Reading and printing of MySQL GTID sets, as MySQL 9.7 does it.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "gtid_intervals.hpp"
#include "topology/mysql_gtid_set.hpp"

namespace topology {
namespace {

constexpr std::size_t max_tag_length = 32;

bool is_blank(char letter) noexcept {
  return letter == ' ' || (letter >= '\t' && letter <= '\r');
}
bool is_digit(char letter) noexcept {
  return letter >= '0' && letter <= '9';
}
char to_lower(char letter) noexcept {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}
bool is_hex(char letter) noexcept {
  return is_digit(letter) || (to_lower(letter) >= 'a' && to_lower(letter) <= 'f');
}
bool starts_tag(char letter) noexcept {
  return letter == '_' || (to_lower(letter) >= 'a' && to_lower(letter) <= 'z');
}

// Walks over the text and remembers where it stands.
class Scanner {
 public:
  explicit Scanner(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return offset_ == text_.size(); }
  [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : text_[offset_]; }
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }

  void skip_blanks() noexcept {
    while (!at_end() && is_blank(peek())) {
      ++offset_;
    }
  }
  // Takes the letter and the blanks after it.
  [[nodiscard]] bool take(char letter) noexcept {
    if (at_end() || peek() != letter) {
      return false;
    }
    ++offset_;
    skip_blanks();
    return true;
  }
  [[nodiscard]] std::optional<std::uint64_t> take_number() noexcept {
    std::uint64_t value = 0;
    const auto* begin = text_.data() + offset_;
    const auto [end, code] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (code != std::errc{} || value > max_gtid_sequence) {
      return std::nullopt;
    }
    offset_ += static_cast<std::size_t>(end - begin);
    skip_blanks();
    return value;
  }
  // 32 hexadecimal digits with dashes in the usual places or none, perhaps in braces; in lower case with dashes.
  [[nodiscard]] std::optional<std::string> take_uuid() {
    const auto rest = text_.substr(offset_);
    const std::size_t open = rest.starts_with('{') ? 1 : 0;
    const bool dashed = rest.size() > open + 8 && rest[open + 8] == '-';
    std::string uuid;
    uuid.reserve(36);
    auto next = open;
    for (const std::size_t group : {8U, 4U, 4U, 4U, 12U}) {
      if (!uuid.empty()) {
        uuid += '-';
        if (dashed && (next >= rest.size() || rest[next++] != '-')) {
          return std::nullopt;
        }
      }
      for (std::size_t digit = 0; digit < group; ++digit, ++next) {
        if (next >= rest.size() || !is_hex(rest[next])) {
          return std::nullopt;
        }
        uuid += to_lower(rest[next]);
      }
    }
    if (open != 0 && (next >= rest.size() || rest[next++] != '}')) {
      return std::nullopt;
    }
    offset_ += next;
    skip_blanks();
    return uuid;
  }
  // A letter or underscore, then letters, digits and underscores; in lower case.
  [[nodiscard]] std::optional<std::string> take_tag() {
    std::string tag;
    auto next = offset_;
    while (next < text_.size() && (starts_tag(text_[next]) || (!tag.empty() && is_digit(text_[next])))) {
      tag += to_lower(text_[next++]);
      if (tag.size() > max_tag_length) {
        return std::nullopt;
      }
    }
    if (tag.empty()) {
      return std::nullopt;
    }
    offset_ = next;
    skip_blanks();
    return tag;
  }

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
};

using Sources = std::map<GtidSource, MysqlGtidSet::Intervals>;

// What was expected where the text went wrong; nothing when it did not.
using Complaint = std::optional<std::string_view>;

// "5" or "5-7" into the intervals; first > last is an interval of nothing.
Complaint read_interval(Scanner& scanner, MysqlGtidSet::Intervals& intervals) {
  constexpr std::string_view expected = "expected a number from 1 to 9223372036854775806";
  const auto start = scanner.offset();
  const auto first = scanner.take_number();
  if (!first || *first == 0) {
    return scanner.offset() == start ? expected : "sequence numbers begin at 1";
  }
  auto last = first;
  if (scanner.take('-')) {
    last = scanner.take_number();
    if (!last) {
      return expected;
    }
  }
  if (*first <= *last) {
    intervals.push_back({*first, *last});
  }
  return std::nullopt;
}

// "uuid:1-5:tag:7" into the sources.
Complaint read_source(Scanner& scanner, Sources& sources) {
  auto uuid = scanner.take_uuid();
  if (!uuid) {
    return "expected a server UUID";
  }
  GtidSource source{std::move(*uuid), ""};
  MysqlGtidSet::Intervals* intervals = nullptr;
  while (scanner.take(':')) {
    if (starts_tag(scanner.peek())) {
      auto tag = scanner.take_tag();
      if (!tag) {
        return "a tag has at most 32 letters";
      }
      source.tag = std::move(*tag);
      intervals = nullptr;
      continue;
    }
    if (intervals == nullptr) {
      intervals = &sources[source];
    }
    if (const auto complaint = read_interval(scanner, *intervals)) {
      return complaint;
    }
  }
  return std::nullopt;
}

Complaint read_sources(Scanner& scanner, Sources& sources) {
  scanner.skip_blanks();
  while (!scanner.at_end()) {
    if (scanner.take(',')) {
      continue;
    }
    if (const auto complaint = read_source(scanner, sources)) {
      return complaint;
    }
    if (!scanner.at_end() && scanner.peek() != ',') {
      return "expected ',' or ':'";
    }
  }
  return std::nullopt;
}

void append_number(std::string& text, std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), end);
}

}  // namespace

Result<MysqlGtidSet> MysqlGtidSet::parse(std::string_view text) {
  Scanner scanner(text);
  MysqlGtidSet set;
  if (const auto complaint = read_sources(scanner, set.sources_)) {
    return make_error(Errc::parse_error,
                      "GTID set at offset " + std::to_string(scanner.offset()) + ": " + std::string(*complaint));
  }
  for (auto& [source, intervals] : set.sources_) {
    gtid_intervals::normalize(intervals);
  }
  std::erase_if(set.sources_, [](const auto& entry) { return entry.second.empty(); });
  return set;
}

std::string MysqlGtidSet::to_string() const {
  std::string text;
  std::string_view uuid;
  for (const auto& [source, intervals] : sources_) {
    if (source.uuid != uuid) {
      text += text.empty() ? "" : ",";
      text += source.uuid;
      uuid = source.uuid;
    }
    if (!source.tag.empty()) {
      text += ':' + source.tag;
    }
    for (const auto& [first, last] : intervals) {
      text += ':';
      append_number(text, first);
      if (first != last) {
        text += '-';
        append_number(text, last);
      }
    }
  }
  return text;
}

}  // namespace topology
