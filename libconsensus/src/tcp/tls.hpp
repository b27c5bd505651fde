// TLS between members: the files it uses, and whose certificate it is.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "consensus/error.hpp"
#include "consensus/tcp_transport.hpp"

namespace consensus::tcp {

// For both directions: shows the certificate, and demands one of the CA from the other side. Errors: Errc::tls_failed.
[[nodiscard]] Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const TcpTls& options);

// Whether the other side's certificate has the name that `member` must have. Errors: Errc::tls_failed.
[[nodiscard]] Result<void> verify_member(SSL* connection, const TcpTls& options, const NodeId& member);

// Why a handshake failed, for people.
[[nodiscard]] std::string handshake_problem(SSL* connection, const boost::system::error_code& error);

// True for an error of TLS itself, such as an alert by which the other side refuses our certificate (which with TLS 1.3
// comes after the handshake), and not of the connection under it.
[[nodiscard]] bool is_tls_error(const boost::system::error_code& error);

}  // namespace consensus::tcp
