// Reads and prints durations.
#include "api/simple_duration.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace orchestrator::api {

using std::chrono::seconds;

namespace {

constexpr seconds longest = std::chrono::hours(24 * 36525);

std::int64_t seconds_of_unit(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86400;
    case 'w':
      return 604800;
  }
  return 0;
}

}  // namespace

topology::Result<seconds> parse_simple_duration(std::string_view text) {
  const auto refused = [&] {
    return topology::make_error(topology::Errc::parse_error, "Cannot parse simple time: " + std::string(text));
  };
  const auto unit = text.empty() ? 0 : seconds_of_unit(text.back());
  if (unit == 0 || text.size() < 2 || text.find_first_not_of("0123456789") != text.size() - 1) {
    return refused();
  }
  std::int64_t count = 0;
  const auto end = text.data() + text.size() - 1;
  const auto [stop, code] = std::from_chars(text.data(), end, count);
  if (code != std::errc{} || stop != end || count > longest.count() / unit) {
    return refused();
  }
  return seconds(count * unit);
}

std::string go_duration(std::chrono::nanoseconds duration) {
  using Unit = std::pair<std::int64_t, const char*>;
  constexpr std::array<Unit, 3> units{{{1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "\u00b5s"}}};
  const auto count = duration.count();
  if (count == 0) {
    return "0s";
  }
  for (const auto& [size, name] : units) {
    if (count < size) {
      continue;
    }
    auto text = std::to_string(count / size);
    if (const auto rest = count % size; rest != 0) {
      auto digits = std::to_string(size + rest).substr(1);
      digits.erase(digits.find_last_not_of('0') + 1);
      text += "." + digits;
    }
    return text + name;
  }
  return std::to_string(count) + "ns";
}

}  // namespace orchestrator::api
