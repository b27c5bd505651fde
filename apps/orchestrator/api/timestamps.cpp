// Times as the legacy interface writes them.
#include "api/timestamps.hpp"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>

namespace orchestrator::api {
namespace {

using topology::SystemTime;
using namespace std::chrono;

struct Parts {
  year_month_day date;
  hh_mm_ss<nanoseconds> time;
};

Parts split(SystemTime time) {
  const auto day = floor<days>(time);
  return {year_month_day(day), hh_mm_ss<nanoseconds>(duration_cast<nanoseconds>(time - day))};
}

std::string print(const Parts& parts, const char* format) {
  char text[40];
  const int size = std::snprintf(
      text, sizeof text, format, static_cast<int>(parts.date.year()), static_cast<unsigned>(parts.date.month()),
      static_cast<unsigned>(parts.date.day()), static_cast<int>(parts.time.hours().count()),
      static_cast<int>(parts.time.minutes().count()), static_cast<int>(parts.time.seconds().count()));
  return {text, static_cast<std::size_t>(size)};
}

std::optional<int> number(std::string_view text, std::size_t at, std::size_t length) {
  int value = 0;
  const auto part = text.substr(at, length);
  const auto [end, code] = std::from_chars(part.data(), part.data() + part.size(), value);
  if (code != std::errc{} || end != part.data() + length || value < 0) {
    return std::nullopt;
  }
  return value;
}

// ".123" or nothing, then "Z" or nothing.
std::optional<nanoseconds> fraction(std::string_view text) {
  if (text.ends_with('Z')) {
    text.remove_suffix(1);
  }
  if (text.empty()) {
    return nanoseconds(0);
  }
  if (text.front() != '.' || text.size() < 2 || text.size() > 10) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  for (std::size_t at = 1; at < 10; ++at) {
    const char digit = at < text.size() ? text[at] : '0';
    if (digit < '0' || digit > '9') {
      return std::nullopt;
    }
    value = value * 10 + (digit - '0');
  }
  return nanoseconds(value);
}

}  // namespace

std::string timestamp(SystemTime time) {
  return time == SystemTime{} ? std::string() : print(split(time), "%04d-%02u-%02u %02d:%02d:%02d");
}

std::string rfc3339(SystemTime time) {
  if (time == SystemTime{}) {
    return "0001-01-01T00:00:00Z";
  }
  const auto parts = split(time);
  auto text = print(parts, "%04d-%02u-%02uT%02d:%02d:%02d");
  if (const auto rest = parts.time.subseconds().count(); rest != 0) {
    auto digits = std::to_string(1'000'000'000 + rest).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += "." + digits;
  }
  return text + "Z";
}

std::optional<SystemTime> parse_timestamp(std::string_view text) {
  constexpr std::string_view shape = "dddd-dd-dd?dd:dd:dd";
  if (text.size() < shape.size() || (text[10] != ' ' && text[10] != 'T')) {
    return std::nullopt;
  }
  for (const auto at : {4U, 7U, 13U, 16U}) {
    if (text[at] != shape[at]) {
      return std::nullopt;
    }
  }
  const auto year_number = number(text, 0, 4);
  const auto month_number = number(text, 5, 2);
  const auto day_number = number(text, 8, 2);
  const auto hour = number(text, 11, 2);
  const auto minute = number(text, 14, 2);
  const auto second = number(text, 17, 2);
  const auto rest = fraction(text.substr(shape.size()));
  if (!year_number || !month_number || !day_number || !hour || !minute || !second || !rest) {
    return std::nullopt;
  }
  const year_month_day date{year(*year_number), month(static_cast<unsigned>(*month_number)),
                            day(static_cast<unsigned>(*day_number))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60 || *year_number < 1970) {
    return std::nullopt;
  }
  return sys_days(date) + hours(*hour) + minutes(*minute) + seconds(*second) +
         duration_cast<SystemTime::duration>(*rest);
}

}  // namespace orchestrator::api
