// Turns the configuration into what the HTTP server and its routes take.
#pragma once

#include <memory>

#include "api/services.hpp"
#include "configuration/configuration.hpp"
#include "http/authentication.hpp"
#include "http/server.hpp"

namespace orchestrator {

// hostname is this machine's name.
[[nodiscard]] std::shared_ptr<const api::ApiSettings> api_settings(const Configuration& configuration,
                                                                   const std::string& hostname);
[[nodiscard]] api::ApiPaths api_paths(const Configuration& configuration);
[[nodiscard]] http::AuthenticationPolicy authentication_policy(const Configuration& configuration);
[[nodiscard]] http::ServerOptions http_options(const Configuration& configuration);
// A server by itself: the leader of a group of one.
[[nodiscard]] api::GroupStatus group_status(const Configuration& configuration, const std::string& hostname);

}  // namespace orchestrator
