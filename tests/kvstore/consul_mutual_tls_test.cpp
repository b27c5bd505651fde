// The Consul store and an agent that wants to see a client certificate.
#include <fstream>

#include "kvstore/consul.hpp"
#include "loop.hpp"
#include "sandbox/port_lease.hpp"
#include "sandbox/process.hpp"
#include "sandbox/programs.hpp"
#include "sandbox/temporary_directory.hpp"
#include "show_result.hpp"
#include "wait_until.hpp"

using namespace kvstore;
using namespace kvstore_test;

namespace {

// A Consul agent that serves HTTPS to clients with a certificate of its CA only.
class StrictAgent {
 public:
  explicit StrictAgent(const std::filesystem::path& program) : program_(program) {
    run({"tls", "ca", "create"});
    run({"tls", "cert", "create", "-server"});
    run({"tls", "cert", "create", "-client"});
    std::ofstream(directory_.path() / "agent.json")
        << R"({"bind_addr": "127.0.0.1", "client_addr": "127.0.0.1", "disable_update_check": true, "ca_file": ")"
        << file("consul-agent-ca.pem") << R"(", "cert_file": ")" << file("dc1-server-consul-0.pem")
        << R"(", "key_file": ")" << file("dc1-server-consul-0-key.pem")
        << R"(", "verify_incoming_https": true, "ports": {"dns": -1, "http": -1, "grpc": -1, "https": )"
        << ports_[0].port() << R"(, "serf_lan": )" << ports_[1].port() << R"(, "serf_wan": )" << ports_[2].port()
        << R"(, "server": )" << ports_[3].port() << "}}\n";
    process_.emplace(options({program_, "agent", "-dev", "-config-file=" + file("agent.json")}));
  }

  [[nodiscard]] std::string file(const std::string& name) const { return (directory_.path() / name).string(); }
  [[nodiscard]] std::string address() const { return "https://127.0.0.1:" + std::to_string(ports_[0].port()); }
  [[nodiscard]] TlsOptions client_certificate() const {
    return {.ca_file = file("consul-agent-ca.pem"),
            .certificate_file = file("dc1-client-consul-0.pem"),
            .key_file = file("dc1-client-consul-0-key.pem")};
  }

 private:
  sandbox::ProcessOptions options(std::vector<std::string> command) const {
    return {.command = std::move(command),
            .log = directory_.path() / "log",
            .working_directory = directory_.path(),
            .environment = {}};
  }
  void run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), program_.string());
    sandbox::run_program(options(std::move(arguments)), 30s);
  }

  std::filesystem::path program_;
  sandbox::TemporaryDirectory directory_;
  std::array<sandbox::PortLease, 4> ports_;
  std::optional<sandbox::Process> process_;
};

}  // namespace

TEST_CASE("a client certificate opens an agent that wants one, and its absence is a refusal") {
  const auto program = sandbox::found_or_skip(sandbox::find_consul());
  Loop loop;
  const StrictAgent agent(program.path);
  const auto with_certificate = *make_consul_store({.address = agent.address(), .tls = agent.client_certificate()});
  const auto is_serving = [&] {
    const auto answer = Client(loop, *with_certificate).get("k");
    return has_code(answer, Errc::not_found);
  };
  REQUIRE(support::wait_until(is_serving, 30s, 100ms));
  CHECK(Client(loop, *with_certificate).put({"k", "v"}));

  const auto without =
      *make_consul_store({.address = agent.address(), .tls = {.ca_file = agent.file("consul-agent-ca.pem")}});
  const auto refused = Client(loop, *without).get("k");
  INFO(refused.error().message());
  // With TLS 1.3 the refusal may be lost when the agent closes the connection at once.
  CHECK((has_code(refused, Errc::tls_failed) || has_code(refused, Errc::connection_lost)));
  CHECK_FALSE(Client(loop, *without).put({"k", "w"}));
  CHECK(Client(loop, *with_certificate).get("k")->value == "v");

  const auto wrong_key = make_consul_store({.address = agent.address(),
                                            .tls = {.certificate_file = agent.file("dc1-client-consul-0.pem"),
                                                    .key_file = agent.file("dc1-server-consul-0-key.pem")}});
  REQUIRE(has_code(wrong_key, Errc::tls_failed));
  CHECK(wrong_key.error().message().find("client key") != std::string::npos);
}
