// TLS of an HTTP client: the files it uses and how the server's name is verified.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "kvstore/consul.hpp"
#include "kvstore/error.hpp"

namespace kvstore::http_client {

[[nodiscard]] Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const TlsOptions& options);

// Sets which name the server's certificate must have, and asks for it by SNI if it is not an IP address.
[[nodiscard]] Result<void> expect_server_name(SSL* connection, const std::string& name, TlsVerification verification);

// Why a handshake failed, for people.
[[nodiscard]] std::string handshake_problem(SSL* connection, const boost::system::error_code& error);

// True for an alert by which the server refuses this client's certificate or its absence. TLS 1.3 servers send it after
// the handshake, instead of an answer.
[[nodiscard]] bool is_certificate_refusal(const boost::system::error_code& error);

}  // namespace kvstore::http_client
