// Finds the leader among several API endpoints.
#pragma once

#include <chrono>
#include <vector>

#include "client/endpoint.hpp"
#include "client/http.hpp"

namespace orchestrator::client {

// How long a group that has no leader is waited for; it needs less than a second to find one.
inline constexpr std::chrono::seconds election_limit{5};
inline constexpr std::chrono::milliseconds election_pause{100};

// With one endpoint: that one, unasked. With several: all are asked at once for leader-check, for 1 second at most, and
// the first to answer 200 is the leader; when none does, all are asked for routed-leader-check in the same way, which a
// follower answers with 200 while it reaches a leader. When none does but some answer, they are choosing a leader, and
// all are asked again until election_limit has passed. The failure names each endpoint and its reason.
Result<Endpoint> find_leader(HttpClient& http, const std::vector<Endpoint>& endpoints,
                             HttpClient::Clock::time_point deadline);

}  // namespace orchestrator::client
