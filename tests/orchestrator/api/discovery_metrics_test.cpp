// Figures of probes and of the queue, as JSON.
#include "api/discovery_metrics.hpp"

#include "catch.hpp"
#include "sample_fleet.hpp"

using namespace orchestrator::api;
using namespace std::chrono_literals;

TEST_CASE("probes are listed with their times") {
  CHECK(probe_records_json({}) == "[]");
  CHECK(probe_records_json({{sample::now, {"db1", 3306}, 2ms, ""}, {sample::now, {"db2", 3307}, 1s, "refused"}}) ==
        R"([{"Timestamp":"2026-11-24T05:35:00Z","Hostname":"db1","Port":3306,"BackendLatencySeconds":0,)"
        R"("InstanceLatencySeconds":0.002,"TotalLatencySeconds":0.002,"Err":""},)"
        R"({"Timestamp":"2026-11-24T05:35:00Z","Hostname":"db2","Port":3307,"BackendLatencySeconds":0,)"
        R"("InstanceLatencySeconds":1,"TotalLatencySeconds":1,"Err":"refused"}])");
}

TEST_CASE("probes are aggregated, the failed ones once more by themselves") {
  const std::vector<ProbeRecord> records{{sample::now, {"db1", 3306}, 1s, ""},
                                         {sample::now + 1s, {"db1", 3306}, 3s, ""},
                                         {sample::now + 2s, {"db2", 3306}, 8s, "refused"}};
  CHECK(aggregated_probes_json(records) ==
        R"({"FirstSeen":"2026-11-24T05:35:00Z","LastSeen":"2026-11-24T05:35:02Z","CountDistinctInstanceKeys":2,)"
        R"("CountDistinctOkInstanceKeys":1,"CountDistinctFailedInstanceKeys":1,"FailedDiscoveries":1,)"
        R"("SuccessfulDiscoveries":2,"MeanTotalSeconds":4,"MeanBackendSeconds":0,"MeanInstanceSeconds":4,)"
        R"("FailedMeanTotalSeconds":8,"FailedMeanBackendSeconds":0,"FailedMeanInstanceSeconds":8,)"
        R"("MaxTotalSeconds":8,"MaxBackendSeconds":0,"MaxInstanceSeconds":8,)"
        R"("FailedMaxTotalSeconds":8,"FailedMaxBackendSeconds":0,"FailedMaxInstanceSeconds":8,)"
        R"("MedianTotalSeconds":3,"MedianBackendSeconds":0,"MedianInstanceSeconds":3,)"
        R"("FailedMedianTotalSeconds":8,"FailedMedianBackendSeconds":0,"FailedMedianInstanceSeconds":8,)"
        R"("P95TotalSeconds":8,"P95BackendSeconds":0,"P95InstanceSeconds":8,)"
        R"("FailedP95TotalSeconds":8,"FailedP95BackendSeconds":0,"FailedP95InstanceSeconds":8})");
}

TEST_CASE("nothing probed gives zeros") {
  const auto json = aggregated_probes_json({});
  CHECK_THAT(json, Catch::Matchers::StartsWith(R"({"FirstSeen":"0001-01-01T00:00:00Z")"));
  CHECK_THAT(json, Catch::Matchers::Contains(R"("MeanTotalSeconds":0,)"));
}

TEST_CASE("the queue's samples are listed and aggregated") {
  CHECK(queue_samples_json({}) == "[]");
  CHECK(queue_samples_json({{1, 0}, {3, 2}}) == R"([{"Active":1,"Queued":0},{"Active":3,"Queued":2}])");
  CHECK(aggregated_queue_json({{1, 0}, {3, 2}}) ==
        R"({"ActiveMinEntries":1,"ActiveMeanEntries":2,"ActiveMedianEntries":2,"ActiveP95Entries":3,)"
        R"("ActiveMaxEntries":3,"QueuedMinEntries":0,"QueuedMeanEntries":1,"QueuedMedianEntries":1,)"
        R"("QueuedP95Entries":2,"QueuedMaxEntries":2})");
}

TEST_CASE("the history keeps the newest samples only") {
  QueueHistory history(3);
  for (std::size_t at = 1; at <= 5; ++at) {
    history.record({at, 0});
  }
  CHECK(history.last(60s).size() == 3);
  CHECK(history.last(2s).front().active == 4);
  CHECK(history.last(0s).empty());
  CHECK(history.last(-5s).empty());
}
