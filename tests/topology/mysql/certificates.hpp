// Makes a certificate authority and certificates for tests of TLS.
#pragma once

#include <filesystem>
#include <string>

namespace test {

struct CertificateFiles {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

// An authority whose files live in the directory. Throws std::runtime_error.
class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::filesystem::path& directory);

  [[nodiscard]] const std::filesystem::path& certificate() const { return certificate_; }
  // A certificate for the name, signed by this authority. subject_alternative_name is in OpenSSL's form,
  // "DNS:localhost".
  [[nodiscard]] CertificateFiles issue(const std::string& name, const std::string& subject_alternative_name) const;

 private:
  std::filesystem::path directory_;
  std::filesystem::path certificate_;
  std::filesystem::path key_;
};

}  // namespace test
