// Compares two observations for the log.
#include "server/observation_log.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace orchestrator {
namespace {

using topology::Instance;
using topology::InstanceKey;
using topology::Observation;

LogLine info(std::string text) {
  return {LogLine::Level::info, std::move(text)};
}
LogLine warning(std::string text) {
  return {LogLine::Level::warning, std::move(text)};
}

std::string master_text(const Instance& instance) {
  return instance.is_replica() ? "replicates from " + instance.master_key().to_string() : "replicates from nobody";
}

void add_reachability(std::vector<LogLine>& lines, const Observation& now, const Observation* before) {
  const auto name = now.key.to_string();
  const bool was_valid = before != nullptr && before->check.last_check_valid;
  if (now.check.last_check_valid && !was_valid) {
    const auto& instance = *now.instance;
    lines.push_back(info(fmt::format("{} is reachable: {} {}, {}", name, topology::to_string(instance.version.flavour),
                                     instance.version.text, master_text(instance))));
  } else if (!now.check.last_check_valid && (before == nullptr || before->check.error != now.check.error)) {
    lines.push_back(warning(fmt::format("{} cannot be probed: {}", name, now.check.error)));
  }
}

void add_changes(std::vector<LogLine>& lines, const std::string& name, const Instance& now, const Instance& before) {
  if (now.master_key() != before.master_key()) {
    lines.push_back(info(fmt::format("{} now {}", name, master_text(now))));
  }
  if (now.read_only != before.read_only) {
    lines.push_back(info(fmt::format("{} is now {}", name, now.read_only ? "read-only" : "writable")));
  }
  if (now.server_uuid != before.server_uuid) {
    lines.push_back(warning(
        fmt::format("{} is another server now: id {} instead of {}", name, now.server_uuid, before.server_uuid)));
  }
}

}  // namespace

std::vector<LogLine> lines_about(const Observation& now, const Observation* before) {
  std::vector<LogLine> lines;
  add_reachability(lines, now, before);
  const bool both_measured = before != nullptr && before->instance && now.instance;
  if (both_measured && now.instance != before->instance) {
    add_changes(lines, now.key.to_string(), *now.instance, *before->instance);
  }
  for (const auto& trouble : now.warnings) {
    const bool known = before != nullptr &&
                       std::find(before->warnings.begin(), before->warnings.end(), trouble) != before->warnings.end();
    if (!known) {
      lines.push_back(warning(fmt::format("{}: {}: {}", now.key.to_string(), trouble.part, trouble.message)));
    }
  }
  return lines;
}

}  // namespace orchestrator
