// Figures of recent probes and of the probing queue, as the legacy metrics routes show them.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "topology/instance_key.hpp"
#include "topology/observation.hpp"

namespace orchestrator::api {

// One probe that ended.
struct ProbeRecord {
  topology::SystemTime at{};
  topology::InstanceKey key;
  std::chrono::nanoseconds latency{0};
  std::string error;  // "" after a success
};

// MetricJSON and AggregatedDiscoveryMetrics. There is no backend in the way of a probe any more, so backend times are
// zero and total times are the instance's. SuccessfulDiscoveries counts successes, where the Go program counted all.
[[nodiscard]] std::string probe_records_json(const std::vector<ProbeRecord>& records);
[[nodiscard]] std::string aggregated_probes_json(const std::vector<ProbeRecord>& records);

struct QueueSample {
  std::size_t active = 0;  // probes under way
  std::size_t queued = 0;  // instances waiting for a place
};

[[nodiscard]] std::string queue_samples_json(const std::vector<QueueSample>& samples);
[[nodiscard]] std::string aggregated_queue_json(const std::vector<QueueSample>& samples);

// Samples of the last seconds, one a second; the oldest make room.
class QueueHistory {
 public:
  explicit QueueHistory(std::size_t capacity = 120) : capacity_(capacity) {}  // DiscoveryQueueMaxStatisticsSize

  // To be called once a second.
  void record(const QueueSample& sample);
  // The newest ones, oldest first.
  [[nodiscard]] std::vector<QueueSample> last(std::chrono::seconds duration) const;

 private:
  std::size_t capacity_;
  std::deque<QueueSample> samples_;
};

}  // namespace orchestrator::api
