// Whether an instance's port answers at all.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "topology/error.hpp"
#include "topology/instance_key.hpp"

namespace orchestrator::api {

// Connects by TCP and closes again, all within the timeout. Errors: name_resolution, connection_failed with the cause,
// timeout.
[[nodiscard]] boost::asio::awaitable<topology::Result<void>> check_reachable(topology::InstanceKey key,
                                                                             std::chrono::milliseconds timeout);

}  // namespace orchestrator::api
