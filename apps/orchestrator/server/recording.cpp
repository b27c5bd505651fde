// Compares observations in kind.
#include "server/recording.hpp"

#include <algorithm>
#include <tuple>

namespace orchestrator {
namespace {

using topology::Instance;
using topology::ReplicationChannel;

auto kind_of(const ReplicationChannel& channel) {
  return std::tie(channel.name, channel.source, channel.source_uuid, channel.user, channel.io_thread,
                  channel.sql_thread, channel.last_io_errno, channel.last_sql_errno, channel.sql_delay,
                  channel.auto_position, channel.mariadb_using_gtid, channel.has_filters, channel.tls);
}

auto role_of(const Instance& instance) {
  return std::tie(instance.version.text, instance.server_uuid, instance.server_id, instance.hostname,
                  instance.report_host, instance.report_port, instance.read_only, instance.super_read_only,
                  instance.log_bin, instance.log_replica_updates, instance.binlog_format, instance.binlog_row_image,
                  instance.gtid_mode, instance.replicas, instance.has_replication_credentials, instance.group,
                  instance.attributes);
}

auto semi_sync_of(const Instance& instance) {
  const auto& semi_sync = instance.semi_sync;
  return std::tie(semi_sync.available, semi_sync.master_enabled, semi_sync.replica_enabled, semi_sync.master_timeout,
                  semi_sync.master_wait_for_replica_count, semi_sync.wait_point, semi_sync.master_status,
                  semi_sync.replica_status, semi_sync.priority);
}

bool same_channels(const Instance& left, const Instance& right) {
  return std::equal(left.channels.begin(), left.channels.end(), right.channels.begin(), right.channels.end(),
                    [](const auto& a, const auto& b) { return kind_of(a) == kind_of(b); });
}

bool same_kind(const Instance& left, const Instance& right) {
  return role_of(left) == role_of(right) && semi_sync_of(left) == semi_sync_of(right) && same_channels(left, right);
}

// The texts may tell of values that differ each time.
bool same_parts(const std::vector<topology::ProbeWarning>& left, const std::vector<topology::ProbeWarning>& right) {
  return std::ranges::equal(left, right, {}, &topology::ProbeWarning::part, &topology::ProbeWarning::part);
}

}  // namespace

bool is_worth_recording(const topology::Observation& now, const RecordedObservation& recorded) {
  if (!now.instance) {
    return false;
  }
  if (!recorded.instance || recorded.valid != now.check.last_check_valid) {
    return true;
  }
  if (now.check.last_check_valid && now.check.last_seen - recorded.at >= record_lifetime) {
    return true;
  }
  // The instance of a failed probe is the old one, its warnings may be, too.
  if (now.check.last_check_valid && !same_parts(now.warnings, recorded.warnings)) {
    return true;
  }
  return now.instance != recorded.instance && !same_kind(*now.instance, *recorded.instance);
}

}  // namespace orchestrator
