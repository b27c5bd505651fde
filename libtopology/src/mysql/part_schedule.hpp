// Which parts a probe asks for: all, but slow ones seldom and failed ones later.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <vector>

#include "mysql/probe_part.hpp"
#include "topology/error.hpp"
#include "topology/observation.hpp"

namespace topology::mysql {

using Instant = std::chrono::steady_clock::time_point;

// When a part is due.
enum class Due {
  now,        // together with the others
  by_itself,  // after a failure: apart from the others, so that failing again disturbs nothing
  later,
};

// A value per prober; forgotten when the connection is made anew, since grants and plugins may have changed.
class PartSchedule {
 public:
  [[nodiscard]] Due due(Part part, Instant now) const noexcept;
  // The part succeeded; it is due again after the interval.
  void succeeded(Part part, Instant now, std::chrono::seconds interval) noexcept;
  // The part failed; it may be tried again at that time.
  void failed(Part part, const Error& error, Instant retry_at);
  // A part was refused for want of a privilege, and its time to be tried again has come.
  [[nodiscard]] bool needs_new_connection(Instant now) const noexcept;
  // Of all parts that failed at their last try, in the order of parts.
  [[nodiscard]] std::vector<ProbeWarning> warnings() const;

 private:
  struct Entry {
    Instant next{};
    std::optional<Error> failure;
  };
  std::array<Entry, part_count> entries_{};
};

}  // namespace topology::mysql
