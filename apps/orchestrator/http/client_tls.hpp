// TLS for the client's side of connections between nodes.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "http/error.hpp"

namespace orchestrator::http {

// "skipped" takes any certificate: who stands between the nodes can read and change everything.
enum class ServerVerification { full, skipped };

struct ClientTlsOptions {
  std::string ca_file;           // PEM; "" for the CAs of the system
  std::string certificate_file;  // PEM, with the chain; "" for none
  std::string private_key_file;  // PEM, not encrypted; "" when it is in the certificate file
  ServerVerification verification = ServerVerification::full;
};

// TLS 1.2 or newer. Errors name the file at fault.
[[nodiscard]] Result<std::shared_ptr<boost::asio::ssl::context>> make_client_tls_context(
    const ClientTlsOptions& options);

// Makes the handshake ask for that host name or IP address and, unless verification is skipped, insist on it. False
// when the name cannot be one.
[[nodiscard]] bool expect_server(SSL* session, const std::string& host, ServerVerification verification);

// Why a handshake failed, for people: the certificate's fault if it was that.
[[nodiscard]] std::string handshake_trouble(SSL* session, const boost::system::error_code& code);

}  // namespace orchestrator::http
