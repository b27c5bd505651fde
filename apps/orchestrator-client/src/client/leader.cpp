// The leader search.
#include "client/leader.hpp"

#include <algorithm>
#include <string>
#include <thread>

namespace orchestrator::client {
namespace {

constexpr std::chrono::seconds check_limit{1};

bool is_ok(const HttpAnswer& answer) {
  return answer.status == 200;
}

bool says_leader(const HttpOutcome& outcome) {
  const auto* answer = std::get_if<HttpAnswer>(&outcome);
  return answer != nullptr && is_ok(*answer);
}

std::string reason_of(const HttpOutcome& outcome) {
  if (const auto* failure = std::get_if<HttpFailure>(&outcome)) return failure->reason;
  const auto& answer = std::get<HttpAnswer>(outcome);
  return std::to_string(answer.status) + " " + answer.reason;
}

}  // namespace

Result<Endpoint> find_leader(HttpClient& http, const std::vector<Endpoint>& endpoints,
                             HttpClient::Clock::time_point deadline) {
  if (endpoints.size() == 1) return endpoints.front();
  const auto give_up = std::min(deadline, HttpClient::Clock::now() + election_limit);
  std::vector<HttpOutcome> outcomes;
  for (;;) {
    for (const char* check : {"leader-check", "routed-leader-check"}) {
      std::vector<HttpRequest> requests;
      for (const Endpoint& endpoint : endpoints) requests.push_back({endpoint, check});
      outcomes = http.race(requests, std::min(deadline, HttpClient::Clock::now() + check_limit), is_ok);
      const auto leader = std::find_if(outcomes.begin(), outcomes.end(), says_leader);
      if (leader != outcomes.end()) return endpoints[static_cast<std::size_t>(leader - outcomes.begin())];
    }
    const auto next = HttpClient::Clock::now() + election_pause;
    const bool some_answer = std::any_of(outcomes.begin(), outcomes.end(), [](const HttpOutcome& outcome) {
      return std::holds_alternative<HttpAnswer>(outcome);
    });
    if (!some_answer || next >= give_up) break;
    std::this_thread::sleep_until(next);
  }
  std::string names;
  std::string reasons;
  for (std::size_t at = 0; at < endpoints.size(); ++at) {
    names += (names.empty() ? "" : " ") + display(endpoints[at]);
    reasons += (reasons.empty() ? "" : "; ") + display(endpoints[at]) + ": " + reason_of(outcomes[at]);
  }
  return Failure{"Cannot determine leader from " + names + " (" + reasons + ")"};
}

}  // namespace orchestrator::client
