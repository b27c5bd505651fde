// A real Consul agent in development mode.
#include "sandbox/consul.hpp"

#include <signal.h>

#include <fstream>
#include <stdexcept>

#include "sandbox/http.hpp"
#include "wait_until.hpp"

namespace sandbox {
namespace {

constexpr std::chrono::seconds certificate_deadline{30};

}  // namespace

ConsulAgent::ConsulAgent(const ConsulProgram& program, const ConsulOptions& options)
    : program_(program.path),
      datacenter_(options.datacenter),
      acl_token_(options.acl_token),
      deadline_(options.deadline),
      cancel_(options.cancel) {
  if (options.tls == ConsulTls::on) make_certificates();
  write_configuration(options);
  start();
}

ConsulAgent::~ConsulAgent() = default;

std::string ConsulAgent::address() const {
  return "127.0.0.1:" + std::to_string(http_port());
}

std::filesystem::path ConsulAgent::ca_certificate() const {
  return directory() / "consul-agent-ca.pem";
}

// The token is in the file and not on the command line, where everybody could read it.
void ConsulAgent::write_configuration(const ConsulOptions& options) const {
  const auto number = [this](std::size_t index) { return std::to_string(ports_.at(index).port()); };
  const bool tls = options.tls == ConsulTls::on;
  std::ofstream file(directory() / "agent.json");
  file << R"({"bind_addr": "127.0.0.1", "client_addr": "127.0.0.1", "disable_update_check": true,)"
       << R"("datacenter": ")" << datacenter_ << R"(", "node_name": "sandbox-)" << datacenter_ << R"(",)"
       << R"("performance": {"raft_multiplier": 1},)";
  if (!acl_token_.empty()) {
    file << R"("acl": {"enabled": true, "default_policy": "deny", "tokens": {"master": ")" << acl_token_
         << R"(", "agent": ")" << acl_token_ << R"("}},)";
  }
  if (tls) {
    const std::string stem = (directory() / (datacenter_ + "-server-consul-0")).string();
    file << R"("ca_file": ")" << ca_certificate().string() << R"(", "cert_file": ")" << stem
         << R"(.pem", "key_file": ")" << stem << R"(-key.pem",)";
  }
  if (options.join_wan != nullptr) {
    file << R"("retry_join_wan": ["127.0.0.1:)" << options.join_wan->wan_port() << R"("], "retry_interval_wan": "1s",)";
  }
  file << R"("ports": {"dns": -1, "http": )" << number(0) << R"(, "https": )" << (tls ? number(1) : "-1")
       << R"(, "serf_wan": )" << number(2) << R"(, "serf_lan": )" << number(3) << R"(, "server": )" << number(4)
       << R"(, "grpc": )" << number(5) << "}}\n";
  if (!file.flush()) throw std::runtime_error("cannot write Consul's configuration");
}

void ConsulAgent::make_certificates() const {
  const auto log = directory() / "tls.log";
  run_program(
      {.command = {program_, "tls", "ca", "create"}, .log = log, .working_directory = directory(), .environment = {}},
      certificate_deadline);
  run_program({.command = {program_, "tls", "cert", "create", "-server", "-dc", datacenter_},
               .log = log,
               .working_directory = directory(),
               .environment = {}},
              certificate_deadline);
}

void ConsulAgent::start() {
  const auto log = directory() / "consul.log";
  process_.emplace(
      ProcessOptions{.command = {program_, "agent", "-dev", "-config-file=" + (directory() / "agent.json").string()},
                     .log = log,
                     .working_directory = directory(),
                     .environment = {{"GOMAXPROCS", "2"}}});
  const bool serving = support::wait_until(
      [&] {
        if (cancel_.stop_requested()) throw std::runtime_error("cancelled");
        if (process_->ended()) throw std::runtime_error("Consul ended while starting:\n" + last_lines(log, 20));
        return has_leader();
      },
      deadline_);
  if (!serving) throw std::runtime_error("Consul has no leader in time:\n" + last_lines(log, 20));
}

bool ConsulAgent::has_leader() const {
  HttpRequest request{.port = http_port(), .target = "/v1/kv/?keys"};
  if (!acl_token_.empty()) request.headers = "X-Consul-Token: " + acl_token_ + "\r\n";
  // A consistent read is answered by a leader only; an empty store answers 404.
  request.target += "&consistent";
  const int status = http_request(request).status;
  return status == 200 || status == 404;
}

void ConsulAgent::kill() {
  if (process_) process_->kill();
}

void ConsulAgent::freeze() {
  if (process_) process_->freeze();
}

void ConsulAgent::thaw() {
  if (process_) process_->signal(SIGCONT);
}

void ConsulAgent::restart() {
  kill();
  start();
}

}  // namespace sandbox
