// A real orchestrator server in a directory of its own, and the real client that talks to it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "program_run.hpp"
#include "sandbox/http.hpp"
#include "sandbox/port_lease.hpp"
#include "sandbox/process.hpp"
#include "sandbox/server.hpp"
#include "sandbox/temporary_directory.hpp"

namespace e2e {

// Configuration keys beside those every test has (address, storage, the account of the sandbox); values are JSON texts.
using Settings = std::map<std::string, std::string>;

class RunningServer {
 public:
  explicit RunningServer(const Settings& settings = {});

  // Starts the program and waits until it serves; throws with its log when it does not within 20 s. A launcher is a
  // command that ends in running the command behind it in the same process.
  void start(const std::vector<std::string>& launcher = {});
  // SIGTERM; the wait status must be 0.
  [[nodiscard]] int stop();
  void kill();
  void signal(int number);
  [[nodiscard]] bool running();
  [[nodiscard]] pid_t pid() const { return process_ ? process_->pid() : -1; }

  // Changes the configuration file only.
  void configure(const Settings& settings);
  void write_configuration(const std::string& text) const;

  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::uint16_t port() const { return port_.port(); }
  [[nodiscard]] std::string log() const;
  [[nodiscard]] std::filesystem::path configuration_file() const {
    return directory_.path() / "orchestrator.conf.json";
  }
  [[nodiscard]] std::filesystem::path state_file() const { return directory_.path() / "state.sqlite3"; }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }

  // GET /api/<path>.
  [[nodiscard]] sandbox::HttpReply get(const std::string& path) const;
  // GET /api/instance/<host>/<port> of a server.
  [[nodiscard]] std::string instance(const sandbox::Server& of) const;
  // orchestrator-client with these arguments.
  [[nodiscard]] ProgramRun client(const std::vector<std::string>& arguments) const;
  // The client's standard output; throws with both outputs when it failed.
  [[nodiscard]] std::string answer(const std::vector<std::string>& arguments) const;

  // Discovers the server and waits until so many instances are known and reachable.
  [[nodiscard]] bool discover(const sandbox::Server& seed, std::size_t instances);

 private:
  void write() const;

  sandbox::TemporaryDirectory directory_;
  sandbox::PortLease port_;
  Settings settings_;
  std::optional<sandbox::Process> process_;
};

}  // namespace e2e
