// TLS for the server's side of connections.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "http/error.hpp"
#include "http/server.hpp"

namespace orchestrator::http {

// Errors name the file at fault.
[[nodiscard]] Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const TlsOptions& options);

// Organizational units in the subject of the client's verified certificate; none when it showed none.
[[nodiscard]] std::vector<std::string> organizational_units(SSL* session);

}  // namespace orchestrator::http
