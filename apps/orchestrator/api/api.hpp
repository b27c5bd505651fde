// The legacy HTTP interface for discovery and information: the table of its routes.
#pragma once

#include <memory>

#include "api/services.hpp"
#include "http/application.hpp"
#include "http/router.hpp"

namespace orchestrator::api {

// All routes. The services must outlive the router. Handlers run on the server's executor, look things up in the
// topology's snapshot, call the services and decide nothing.
[[nodiscard]] http::Router make_router(const std::shared_ptr<const ApiServices>& services, const ApiPaths& paths);

// The interface's way to refuse and to fail: envelopes with status 500. The caller adds the log.
[[nodiscard]] http::ApplicationHooks make_hooks(const std::shared_ptr<const ApiServices>& services);

}  // namespace orchestrator::api
