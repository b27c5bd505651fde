// What of a request goes on to the leader, and what of its answer comes back.
#pragma once

#include <string_view>

#include "http/message.hpp"

namespace orchestrator::http {

// The field that names the nodes that have forwarded a request, so that it is forwarded once and never in circles.
inline constexpr std::string_view forwarded_by_field = "X-Orchestrator-Forwarded-By";

[[nodiscard]] bool was_forwarded(const Request& request);

// The client's fields, credentials included, without those of his connection (RFC 9110, 7.6.1), Host, and
// Accept-Encoding: the answer is compressed by the node that talks to the client. Adds the client to X-Forwarded-For
// and this node's name to the forwarding nodes.
[[nodiscard]] Headers headers_for_leader(const Request& request, std::string_view node_name);

// The leader's fields without those of its connection and those that the server writes itself.
[[nodiscard]] Headers headers_for_client(const Headers& headers);

}  // namespace orchestrator::http
