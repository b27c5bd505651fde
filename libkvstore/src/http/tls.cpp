// TLS of an HTTP client: the files it uses and how the server's name is verified.
#include "http/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>

namespace kvstore::http_client {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;

Error file_error(const std::string& what, const std::string& file, const error_code& error) {
  return make_error(Errc::tls_failed, what + " '" + file + "': " + error.message());
}

bool is_ip_address(const std::string& host) {
  error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

}  // namespace

Result<std::shared_ptr<ssl::context>> make_tls_context(const TlsOptions& options) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  const bool verifies = options.verification == TlsVerification::full;
  context->set_verify_mode(verifies ? ssl::verify_peer : ssl::verify_none);
  error_code error;
  if (!options.ca_file.empty()) {
    context->load_verify_file(options.ca_file, error);
    if (error) return file_error("CA file", options.ca_file, error);
  } else if (verifies) {
    context->set_default_verify_paths(error);
    if (error) return file_error("CA certificates of the system", "default", error);
  }
  if (options.certificate_file.empty()) return context;

  context->use_certificate_chain_file(options.certificate_file, error);
  if (error) return file_error("client certificate", options.certificate_file, error);
  const std::string& key_file = options.key_file.empty() ? options.certificate_file : options.key_file;
  context->use_private_key_file(key_file, ssl::context::pem, error);
  if (error) return file_error("client key", key_file, error);
  return context;
}

Result<void> expect_server_name(SSL* connection, const std::string& name, TlsVerification verification) {
  const bool is_ip = is_ip_address(name);
  if (!is_ip && SSL_set_tlsext_host_name(connection, name.c_str()) != 1) {
    return make_error(Errc::tls_failed, "server name '" + name + "' cannot be asked for");
  }
  if (verification == TlsVerification::none) return {};
  X509_VERIFY_PARAM* wanted = SSL_get0_param(connection);
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const int done = is_ip ? X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str())
                         : X509_VERIFY_PARAM_set1_host(wanted, name.c_str(), name.size());
  if (done != 1) return make_error(Errc::tls_failed, "server name '" + name + "' cannot be verified");
  return {};
}

std::string handshake_problem(SSL* connection, const error_code& error) {
  const long verified = SSL_get_verify_result(connection);
  if (verified != X509_V_OK) return std::string("certificate refused: ") + X509_verify_cert_error_string(verified);
  return "TLS handshake: " + error.message();
}

bool is_certificate_refusal(const error_code& error) {
  if (error.category() != asio::error::get_ssl_category()) return false;
  // OpenSSL's reason of a received alert is 1000 + the alert's number in RFC 8446, section 6.
  const int alert = ERR_GET_REASON(static_cast<unsigned long>(error.value())) - SSL_AD_REASON_OFFSET;
  switch (alert) {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_CERTIFICATE_REQUIRED:
      return true;
    default:
      return false;
  }
}

}  // namespace kvstore::http_client
