// Figures of recent probes and of the probing queue.
#include "api/discovery_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string_view>

#include "api/json_writer.hpp"
#include "api/timestamps.hpp"

namespace orchestrator::api {
namespace {

using Values = std::vector<double>;

double seconds_of(const ProbeRecord& record) {
  return std::chrono::duration<double>(record.latency).count();
}

double mean(const Values& values) {
  return values.empty() ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double minimum(const Values& sorted) {
  return sorted.empty() ? 0 : sorted.front();
}
double maximum(const Values& sorted) {
  return sorted.empty() ? 0 : sorted.back();
}

double median(const Values& sorted) {
  const auto size = sorted.size();
  if (size == 0) {
    return 0;
  }
  return size % 2 == 1 ? sorted[size / 2] : (sorted[size / 2 - 1] + sorted[size / 2]) / 2;
}

// Nearest rank.
double percentile_95(const Values& sorted) {
  if (sorted.empty()) {
    return 0;
  }
  const auto rank = static_cast<std::size_t>(std::ceil(0.95 * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

struct Statistic {
  std::string_view name;
  double (*of)(const Values& sorted);
};

void write_three(JsonWriter& out, const std::string& prefix, double seconds) {
  out.key(prefix + "TotalSeconds").number(seconds);
  out.key(prefix + "BackendSeconds").number(0);
  out.key(prefix + "InstanceSeconds").number(seconds);
}

void write_queue(JsonWriter& out, const std::string& name, Values values) {
  constexpr Statistic statistics[] = {
      {"Min", minimum}, {"Mean", mean}, {"Median", median}, {"P95", percentile_95}, {"Max", maximum}};
  std::sort(values.begin(), values.end());
  for (const auto& statistic : statistics) {
    out.key(name + std::string(statistic.name) + "Entries").number(statistic.of(values));
  }
}

}  // namespace

std::string probe_records_json(const std::vector<ProbeRecord>& records) {
  JsonWriter out;
  out.begin_array();
  for (const auto& record : records) {
    out.begin_object().key("Timestamp").text(rfc3339(record.at));
    out.key("Hostname").text(record.key.hostname).key("Port").number(record.key.port);
    out.key("BackendLatencySeconds").number(0).key("InstanceLatencySeconds").number(seconds_of(record));
    out.key("TotalLatencySeconds").number(seconds_of(record)).key("Err").text(record.error).end_object();
  }
  return out.end_array().take();
}

std::string aggregated_probes_json(const std::vector<ProbeRecord>& records) {
  std::set<topology::InstanceKey> all;
  std::set<topology::InstanceKey> ok;
  std::set<topology::InstanceKey> failed;
  Values times;
  Values failed_times;
  for (const auto& record : records) {
    all.insert(record.key);
    (record.error.empty() ? ok : failed).insert(record.key);
    times.push_back(seconds_of(record));
    if (!record.error.empty()) {
      failed_times.push_back(seconds_of(record));
    }
  }
  std::sort(times.begin(), times.end());
  std::sort(failed_times.begin(), failed_times.end());
  const auto earlier = [](const ProbeRecord& a, const ProbeRecord& b) { return a.at < b.at; };
  const auto [first, last] = std::minmax_element(records.begin(), records.end(), earlier);
  JsonWriter out;
  out.begin_object();
  out.key("FirstSeen").text(rfc3339(records.empty() ? topology::SystemTime{} : first->at));
  out.key("LastSeen").text(rfc3339(records.empty() ? topology::SystemTime{} : last->at));
  out.key("CountDistinctInstanceKeys").number(all.size());
  out.key("CountDistinctOkInstanceKeys").number(ok.size());
  out.key("CountDistinctFailedInstanceKeys").number(failed.size());
  out.key("FailedDiscoveries").number(failed_times.size());
  out.key("SuccessfulDiscoveries").number(times.size() - failed_times.size());
  constexpr Statistic statistics[] = {{"Mean", mean}, {"Max", maximum}, {"Median", median}, {"P95", percentile_95}};
  for (const auto& statistic : statistics) {
    write_three(out, std::string(statistic.name), statistic.of(times));
    write_three(out, "Failed" + std::string(statistic.name), statistic.of(failed_times));
  }
  return out.end_object().take();
}

std::string queue_samples_json(const std::vector<QueueSample>& samples) {
  JsonWriter out;
  out.begin_array();
  for (const auto& sample : samples) {
    out.begin_object().key("Active").number(sample.active).key("Queued").number(sample.queued).end_object();
  }
  return out.end_array().take();
}

std::string aggregated_queue_json(const std::vector<QueueSample>& samples) {
  Values active;
  Values queued;
  for (const auto& sample : samples) {
    active.push_back(static_cast<double>(sample.active));
    queued.push_back(static_cast<double>(sample.queued));
  }
  JsonWriter out;
  out.begin_object();
  write_queue(out, "Active", std::move(active));
  write_queue(out, "Queued", std::move(queued));
  return out.end_object().take();
}

void QueueHistory::record(const QueueSample& sample) {
  samples_.push_back(sample);
  if (samples_.size() > capacity_) {
    samples_.pop_front();
  }
}

std::vector<QueueSample> QueueHistory::last(std::chrono::seconds duration) const {
  const auto wanted = static_cast<std::size_t>(std::max<std::chrono::seconds::rep>(duration.count(), 0));
  const auto count = std::min(wanted, samples_.size());
  return {samples_.end() - static_cast<std::ptrdiff_t>(count), samples_.end()};
}

}  // namespace orchestrator::api
