// Decides what a write does to the bounds of a log.
#include "storage/write_check.hpp"

#include <string>

namespace consensus {
namespace {

Error does_not_fit(const char* what, Index index) {
  return make_error(Errc::invalid_argument, std::string(what) + " at log index " + std::to_string(index.value()));
}

}  // namespace

Result<WritePlan> plan_write(const Write& write, const LogBounds& before,
                             const std::function<Result<LogPosition>(Index)>& position_of) {
  WritePlan plan{
      .after = before, .before_append = {}, .clear = write.install.has_value(), .truncate = {}, .compact = {}};
  LogBounds& bounds = plan.after;
  if (write.install) bounds = {.base = write.install->position, .last = write.install->position};

  if (write.truncate_from && *write.truncate_from <= bounds.last.index) {
    if (*write.truncate_from <= bounds.base.index)
      return does_not_fit("truncation below the base", *write.truncate_from);
    const Result<LogPosition> position = position_of(write.truncate_from->previous());
    if (!position) return position.error();
    bounds.last = *position;
    plan.truncate = write.truncate_from;
  }
  plan.before_append = bounds.last;
  for (const Entry& entry : write.append) {
    if (!follows(entry, bounds.last)) return does_not_fit("entry does not follow what is there", entry.index);
    bounds.last = entry.position();
  }
  if (write.compact_to && *write.compact_to > bounds.base.index) {
    if (*write.compact_to > bounds.last.index) return does_not_fit("compaction beyond the end", *write.compact_to);
    plan.compact = write.compact_to;
    const Index first_new = write.append.empty() ? bounds.last.index.next() : write.append.front().index;
    if (*write.compact_to >= first_new) {
      bounds.base = write.append[distance(first_new, *write.compact_to)].position();
    } else {
      const Result<LogPosition> position = position_of(*write.compact_to);
      if (!position) return position.error();
      bounds.base = *position;
    }
  }
  return plan;
}

}  // namespace consensus
