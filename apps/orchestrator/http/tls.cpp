// TLS for the server's side of connections.
#include "http/tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <string_view>
#include <utility>

namespace orchestrator::http {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

// Chooses HTTP/1.1 among what the client offers, so that clients that prefer HTTP/2 fall back.
int select_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr unsigned char ours[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  auto* out = const_cast<unsigned char*>(*chosen);
  if (SSL_select_next_proto(&out, chosen_size, ours, sizeof ours, offered, offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *chosen = out;
  return SSL_TLSEXT_ERR_OK;
}

error_code load_files(ssl::context& context, const TlsOptions& options, std::string& at) {
  error_code code;
  at = "certificate file " + options.certificate_file;
  context.use_certificate_chain_file(options.certificate_file, code);
  if (code) {
    return code;
  }
  at = "private key file " + options.private_key_file;
  context.use_private_key_file(options.private_key_file, ssl::context::pem, code);
  if (code || options.ca_file.empty()) {
    return code;
  }
  at = "CA file " + options.ca_file;
  context.load_verify_file(options.ca_file, code);
  return code;
}

}  // namespace

Result<std::shared_ptr<ssl::context>> make_tls_context(const TlsOptions& options) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  auto* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_alpn_select_cb(native, select_protocol, nullptr);
  constexpr unsigned char session_context[] = "orchestrator";
  SSL_CTX_set_session_id_context(native, session_context, sizeof session_context - 1);
  // Without this OpenSSL would ask at the terminal for the password of an encrypted key.
  context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); });
  std::string at;
  if (const auto code = load_files(*context, options, at)) {
    return Error{code, at};
  }
  switch (options.client_certificates) {
    case ClientCertificates::ignored:
      context->set_verify_mode(ssl::verify_none);
      break;
    case ClientCertificates::verified_if_given:
      context->set_verify_mode(ssl::verify_peer);
      break;
  }
  return context;
}

std::vector<std::string> organizational_units(SSL* session) {
  std::vector<std::string> units;
  X509* certificate = SSL_get1_peer_certificate(session);
  if (certificate == nullptr || SSL_get_verify_result(session) != X509_V_OK) {
    X509_free(certificate);
    return units;
  }
  auto* subject = X509_get_subject_name(certificate);
  for (int at = X509_NAME_get_index_by_NID(subject, NID_organizationalUnitName, -1); at >= 0;
       at = X509_NAME_get_index_by_NID(subject, NID_organizationalUnitName, at)) {
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (size >= 0) {
      units.emplace_back(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
      OPENSSL_free(text);
    }
  }
  X509_free(certificate);
  return units;
}

}  // namespace orchestrator::http
