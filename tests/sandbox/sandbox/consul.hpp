// A real Consul agent in development mode.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "sandbox/port_lease.hpp"
#include "sandbox/process.hpp"
#include "sandbox/programs.hpp"
#include "sandbox/temporary_directory.hpp"

namespace sandbox {

enum class ConsulTls { off, on };

class ConsulAgent;

struct ConsulOptions {
  std::string datacenter = "dc1";
  const ConsulAgent* join_wan = nullptr;  // an agent of another datacenter
  std::string acl_token{};                // not empty: ACLs are on, deny by default, and this token may do everything
  ConsulTls tls = ConsulTls::off;         // on: an HTTPS port besides the HTTP one, with certificates of its own CA
  std::chrono::milliseconds deadline{30000};
  std::stop_token cancel{};
};

// Serving and with a leader when the constructor returns; killed and removed by the destructor. Throws
// std::runtime_error with the end of its log. See Process about the calling thread.
class ConsulAgent {
 public:
  explicit ConsulAgent(const ConsulProgram& program, const ConsulOptions& options = {});
  ConsulAgent(const ConsulAgent&) = delete;
  ConsulAgent& operator=(const ConsulAgent&) = delete;
  ~ConsulAgent();

  [[nodiscard]] std::string address() const;  // "127.0.0.1:20001", plain HTTP
  [[nodiscard]] std::uint16_t http_port() const { return ports_[0].port(); }
  [[nodiscard]] std::uint16_t https_port() const { return ports_[1].port(); }
  [[nodiscard]] std::uint16_t wan_port() const { return ports_[2].port(); }
  [[nodiscard]] const std::string& datacenter() const { return datacenter_; }
  // With TLS: the CA certificate that a client must trust; the server's certificate names localhost and 127.0.0.1.
  [[nodiscard]] std::filesystem::path ca_certificate() const;
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }

  void kill();
  void freeze();
  void thaw();
  // Starts it again on the same ports after kill(); it has forgotten everything, as development mode does.
  void restart();

 private:
  void write_configuration(const ConsulOptions& options) const;
  void make_certificates() const;
  void start();
  [[nodiscard]] bool has_leader() const;

  std::filesystem::path program_;
  std::string datacenter_;
  std::string acl_token_;
  std::chrono::milliseconds deadline_;
  std::stop_token cancel_;
  TemporaryDirectory directory_;
  std::array<PortLease, 6> ports_;  // http, https, serf wan, serf lan, server rpc, grpc
  std::optional<Process> process_;
};

}  // namespace sandbox
