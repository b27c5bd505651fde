// TLS for the client's side of connections between nodes.
#include "http/client_tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>

namespace orchestrator::http {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

error_code load_files(ssl::context& context, const ClientTlsOptions& options, std::string& at) {
  error_code code;
  if (!options.ca_file.empty()) {
    at = "CA file " + options.ca_file;
    context.load_verify_file(options.ca_file, code);
  } else if (options.verification == ServerVerification::full) {
    at = "CA certificates of the system";
    context.set_default_verify_paths(code);
  }
  if (code || options.certificate_file.empty()) {
    return code;
  }
  at = "client certificate file " + options.certificate_file;
  context.use_certificate_chain_file(options.certificate_file, code);
  if (code) {
    return code;
  }
  const auto& key_file = options.private_key_file.empty() ? options.certificate_file : options.private_key_file;
  at = "private key file " + key_file;
  context.use_private_key_file(key_file, ssl::context::pem, code);
  return code;
}

}  // namespace

Result<std::shared_ptr<ssl::context>> make_client_tls_context(const ClientTlsOptions& options) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  switch (options.verification) {
    case ServerVerification::full:
      context->set_verify_mode(ssl::verify_peer);
      break;
    case ServerVerification::skipped:
      context->set_verify_mode(ssl::verify_none);
      break;
  }
  // Without this OpenSSL would ask at the terminal for the password of an encrypted key.
  context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); });
  std::string at;
  if (const auto code = load_files(*context, options, at)) {
    return Error{code, at};
  }
  return context;
}

bool expect_server(SSL* session, const std::string& host, ServerVerification verification) {
  error_code not_an_address;
  boost::asio::ip::make_address(host, not_an_address);
  const bool is_name = static_cast<bool>(not_an_address);
  if (is_name && SSL_set_tlsext_host_name(session, host.c_str()) != 1) {
    return false;
  }
  if (verification == ServerVerification::skipped) {
    return true;
  }
  auto* wanted = SSL_get0_param(session);
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return 1 == (is_name ? X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size())
                       : X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()));
}

std::string handshake_trouble(SSL* session, const error_code& code) {
  const long verified = SSL_get_verify_result(session);
  if (verified != X509_V_OK) {
    return std::string("its certificate is refused: ") + X509_verify_cert_error_string(verified);
  }
  return "TLS handshake: " + code.message();
}

}  // namespace orchestrator::http
