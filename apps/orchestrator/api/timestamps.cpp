// Times as the legacy interface writes them.
#include "api/timestamps.hpp"

#include <chrono>
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

}  // namespace orchestrator::api
