// Who answers the requests that are for the leader of the group.
#pragma once

#include <string>
#include <variant>

namespace orchestrator::http {

// This node: it leads, or there is no group.
struct ThisNodeLeads {};
// Another one, reached at uri: "http://host:port".
struct LeaderAt {
  std::string uri;
};
// The group has no leader now, or this node has lost sight of it.
struct NobodyLeads {};

using Leadership = std::variant<ThisNodeLeads, LeaderAt, NobodyLeads>;

}  // namespace orchestrator::http
