// TLS between members: the files it uses, and whose certificate it is.
#include "tcp/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ssl/error.hpp>

namespace consensus::tcp {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

Error file_error(const std::string& what, const std::string& file, const error_code& error) {
  return make_error(Errc::tls_failed, what + " '" + file + "': " + error.message());
}

}  // namespace

Result<std::shared_ptr<ssl::context>> make_tls_context(const TcpTls& options) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  // Connections are rare and long: a full handshake each time keeps every one of them verified.
  SSL_CTX_set_num_tickets(context->native_handle(), 0);
  SSL_CTX_set_session_cache_mode(context->native_handle(), SSL_SESS_CACHE_OFF);
  context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  error_code error;
  context->load_verify_file(options.ca_file, error);
  if (error) return file_error("CA file", options.ca_file, error);
  context->use_certificate_chain_file(options.certificate_file, error);
  if (error) return file_error("certificate", options.certificate_file, error);
  const std::string& key_file = options.key_file.empty() ? options.certificate_file : options.key_file;
  context->use_private_key_file(key_file, ssl::context::pem, error);
  if (error) return file_error("key", key_file, error);
  return context;
}

Result<void> verify_member(SSL* connection, const TcpTls& options, const NodeId& member) {
  if (!options.certificate_name) return {};
  const std::string name = options.certificate_name(member);
  if (name.empty()) return {};
  X509* const certificate = SSL_get0_peer_certificate(connection);
  const unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
  if (certificate != nullptr && X509_check_host(certificate, name.c_str(), name.size(), flags, nullptr) == 1) return {};
  return make_error(Errc::tls_failed, "the certificate of '" + member.name() + "' is not for '" + name + "'");
}

std::string handshake_problem(SSL* connection, const error_code& error) {
  const long verified = SSL_get_verify_result(connection);
  if (verified != X509_V_OK) return std::string("certificate refused: ") + X509_verify_cert_error_string(verified);
  return "TLS handshake: " + error.message();
}

bool is_tls_error(const error_code& error) {
  return error.category() == boost::asio::error::get_ssl_category() && error.value() != 0;
}

}  // namespace consensus::tcp
