// Due times of probe parts.
#include "mysql/part_schedule.hpp"

#include <algorithm>

namespace topology::mysql {

Due PartSchedule::due(Part part, Instant now) const noexcept {
  const auto& entry = entries_[static_cast<std::size_t>(part)];
  if (now < entry.next) {
    return Due::later;
  }
  return entry.failure ? Due::by_itself : Due::now;
}

void PartSchedule::succeeded(Part part, Instant now, std::chrono::seconds interval) noexcept {
  auto& entry = entries_[static_cast<std::size_t>(part)];
  entry.next = interval.count() == 0 ? Instant{} : now + interval;
  entry.failure.reset();
}

void PartSchedule::failed(Part part, const Error& error, Instant retry_at) {
  entries_[static_cast<std::size_t>(part)] = {retry_at, error};
}

bool PartSchedule::needs_new_connection(Instant now) const noexcept {
  return std::ranges::any_of(entries_, [&](const Entry& entry) {
    return entry.failure && entry.failure->code == Errc::access_denied && now >= entry.next;
  });
}

std::vector<ProbeWarning> PartSchedule::warnings() const {
  std::vector<ProbeWarning> warnings;
  for (std::size_t i = 0; i < part_count; ++i) {
    if (const auto& failure = entries_[i].failure) {
      warnings.push_back({std::string(name_of(static_cast<Part>(i))), failure->message()});
    }
  }
  return warnings;
}

}  // namespace topology::mysql
