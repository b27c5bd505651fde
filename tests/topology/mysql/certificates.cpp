// Certificates by OpenSSL's library, valid from yesterday until tomorrow.
#include "certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace test {
namespace {

template <auto release>
struct Release {
  template <class Object>
  void operator()(Object* object) const {
    release(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>>;
using File = std::unique_ptr<std::FILE, Release<std::fclose>>;

constexpr long one_day_seconds = 86400;

void check(bool success, const char* what) {
  if (!success) {
    throw std::runtime_error(std::string("OpenSSL failed: ") + what);
  }
}

File open(const std::filesystem::path& path, const char* mode) {
  File file(std::fopen(path.c_str(), mode));
  check(file != nullptr, path.c_str());
  return file;
}

Key make_key() {
  Key key(EVP_RSA_gen(2048));
  check(key != nullptr, "key");
  return key;
}

void add_extension(X509& certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  check(extension && X509_add_ext(&certificate, extension.get(), -1) == 1, value.c_str());
}

Certificate make_certificate(EVP_PKEY& key, const std::string& name, long serial) {
  Certificate certificate(X509_new());
  check(certificate != nullptr, "certificate");
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -one_day_seconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), one_day_seconds);
  X509_set_pubkey(certificate.get(), &key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

void write(const Certificate& certificate, const Key& key, const CertificateFiles& files) {
  check(PEM_write_X509(open(files.certificate, "w").get(), certificate.get()) == 1, "writing a certificate");
  check(PEM_write_PrivateKey(open(files.key, "w").get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
        "writing a key");
}

}  // namespace

CertificateAuthority::CertificateAuthority(const std::filesystem::path& directory)
    : directory_(directory), certificate_(directory / "ca.pem"), key_(directory / "ca-key.pem") {
  const Key key = make_key();
  const Certificate certificate = make_certificate(*key, "test authority", 1);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  add_extension(*certificate, NID_basic_constraints, "critical,CA:TRUE");
  check(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "signing");
  write(certificate, key, {certificate_, key_});
}

CertificateFiles CertificateAuthority::issue(const std::string& name,
                                             const std::string& subject_alternative_name) const {
  const Certificate authority(PEM_read_X509(open(certificate_, "r").get(), nullptr, nullptr, nullptr));
  const Key authority_key(PEM_read_PrivateKey(open(key_, "r").get(), nullptr, nullptr, nullptr));
  check(authority && authority_key, "reading the authority");
  const Key key = make_key();
  const Certificate certificate = make_certificate(*key, name, 2);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(authority.get()));
  add_extension(*certificate, NID_subject_alt_name, subject_alternative_name);
  check(X509_sign(certificate.get(), authority_key.get(), EVP_sha256()) > 0, "signing");
  CertificateFiles files{directory_ / (name + ".pem"), directory_ / (name + "-key.pem")};
  write(certificate, key, files);
  return files;
}

}  // namespace test
