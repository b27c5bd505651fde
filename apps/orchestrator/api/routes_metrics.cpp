// Routes that show how discovery works.
#include <charconv>
#include <optional>
#include <string>

#include "api/route_table.hpp"

namespace orchestrator::api {
namespace {

using http::RequestContext;
using http::Response;

std::optional<std::chrono::seconds> seconds_of(const RequestContext& context) {
  const auto& text = context.parameters["seconds"];
  int value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return std::chrono::seconds(value);
}

// What a handler answers for the last seconds that the path names, or the error of a number that is none.
template <class Function>
auto for_seconds(Function answer) {
  return [answer](const Call& call, const RequestContext& context) {
    const auto seconds = seconds_of(context);
    return seconds ? answer(call, *seconds) : call.envelope.error("Invalid value provided for seconds");
  };
}

Response probes_raw(const Call& call, std::chrono::seconds last) {
  return json_response(probe_records_json(call.services.fleet.probes(last)));
}

Response probes_aggregated(const Call& call, std::chrono::seconds last) {
  return json_response(aggregated_probes_json(call.services.fleet.probes(last)));
}

Response queue_raw(const Call& call, std::chrono::seconds last) {
  return json_response(queue_samples_json(call.services.queue.last(last)));
}

Response queue_aggregated(const Call& call, std::chrono::seconds last) {
  return json_response(aggregated_queue_json(call.services.queue.last(last)));
}

// Of the two queues of the Go program there is only the default one: dead instances have places of their own in it.
template <class Function>
auto for_default_queue(Function answer) {
  return [answer](const Call& call, const RequestContext& context) {
    const auto& queue = context.parameters["queue"];
    if (queue != "DEFAULT" && queue != "DEADINSTANCES") {
      return call.envelope.error("No such queue: " + queue);
    }
    const auto seconds = seconds_of(context);
    if (!seconds) {
      return call.envelope.error("Invalid value provided for seconds");
    }
    return answer(call, queue == "DEFAULT" ? *seconds : std::chrono::seconds(0));
  };
}

}  // namespace

void add_metrics_routes(RouteTable& routes) {
  routes.read("discovery-metrics-raw/:seconds", for_seconds(probes_raw));
  routes.read("discovery-metrics-aggregated/:seconds", for_seconds(probes_aggregated));
  routes.read("discovery-queue-metrics-raw/:seconds", for_seconds(queue_raw));
  routes.read("discovery-queue-metrics-aggregated/:seconds", for_seconds(queue_aggregated));
  routes.read("discovery-queue-metrics-raw/:queue/:seconds", for_default_queue(queue_raw));
  routes.read("discovery-queue-metrics-aggregated/:queue/:seconds", for_default_queue(queue_aggregated));
}

}  // namespace orchestrator::api
