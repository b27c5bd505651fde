// Examines the certificates that the configuration names.
#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

#include "doctor/examination.hpp"

namespace orchestrator::doctor {
namespace {

using Clock = std::chrono::system_clock;
constexpr std::chrono::hours soon = std::chrono::days{30};

struct Named {
  std::string_view key;  // of the configuration
  std::string file;
};

std::vector<Named> certificates_of(const Configuration& configuration) {
  const auto& raft = configuration.raft;
  const auto& topology = configuration.topology;
  return {{"SSLCertFile", configuration.api_tls.cert_file},
          {"SSLCAFile", configuration.api_tls.ca_file},
          {"RaftSSLCertFile", raft.ssl_cert_file},
          {"RaftSSLCAFile", raft.ssl_ca_file},
          {"MySQLTopologySSLCertFile", topology.ssl_cert_file},
          {"MySQLTopologySSLCAFile", topology.ssl_ca_file},
          {"MySQLOrchestratorSSLCertFile", configuration.backend.ssl_cert_file},
          {"MySQLOrchestratorSSLCAFile", configuration.backend.ssl_ca_file},
          {"ConsulCertFile", configuration.kv.consul_cert_file},
          {"ConsulCAFile", configuration.kv.consul_ca_file}};
}

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};

using File = std::unique_ptr<std::FILE, Freed<std::fclose>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;

// All certificates of a PEM file.
std::vector<Certificate> read(const std::string& file) {
  std::vector<Certificate> found;
  const File stream(std::fopen(file.c_str(), "re"));
  if (!stream) {
    return found;
  }
  while (Certificate one{PEM_read_X509(stream.get(), nullptr, nullptr, nullptr)}) {
    found.push_back(std::move(one));
  }
  ERR_clear_error();
  return found;
}

// Days until then, negative when it has passed.
std::optional<std::chrono::hours> time_until(const ASN1_TIME* when, Clock::time_point now) {
  const std::time_t present = Clock::to_time_t(now);
  const std::unique_ptr<ASN1_TIME, Freed<ASN1_TIME_free>> base(ASN1_TIME_set(nullptr, present));
  int days = 0;
  int seconds = 0;
  if (!base || ASN1_TIME_diff(&days, &seconds, base.get(), when) != 1) {
    return std::nullopt;
  }
  return std::chrono::days{days} + std::chrono::hours{seconds / 3600};
}

Finding judged(const Named& named, Clock::time_point now) {
  Finding finding{Grade::good, std::string(named.key), {}, {}};
  const auto certificates = read(named.file);
  if (certificates.empty()) {
    return {Grade::bad, finding.subject, named.file + " holds no certificate that can be read",
            "name a PEM file that the server's user may read"};
  }
  std::chrono::hours shortest = std::chrono::hours::max();
  for (const auto& certificate : certificates) {
    const auto begins_in = time_until(X509_get0_notBefore(certificate.get()), now);
    const auto left = time_until(X509_get0_notAfter(certificate.get()), now);
    if (!begins_in || !left) {
      return {Grade::bad, finding.subject, named.file + " has a certificate without proper dates", "have it made anew"};
    }
    if (*begins_in > std::chrono::hours::zero()) {
      return {Grade::bad, finding.subject, named.file + " is not valid yet", "set the clock, or use another one"};
    }
    shortest = std::min(shortest, *left);
  }
  const auto days = std::chrono::duration_cast<std::chrono::days>(shortest).count();
  finding.message = fmt::format("{} is valid for {} more days", named.file, days);
  if (shortest < std::chrono::hours::zero()) {
    return {Grade::bad, finding.subject, fmt::format("{} expired {} days ago", named.file, -days),
            "renew it; new connections take the new file"};
  }
  if (shortest < soon) {
    finding.grade = Grade::doubtful;
    finding.remedy = "renew it; new connections take the new file";
  }
  return finding;
}

}  // namespace

void examine_certificates(const Configuration& configuration, Clock::time_point now, Findings& findings) {
  for (const auto& named : certificates_of(configuration)) {
    if (!named.file.empty()) {
      findings.push_back(judged(named, now));
    }
  }
}

}  // namespace orchestrator::doctor
