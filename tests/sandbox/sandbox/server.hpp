// One real MariaDB or MySQL server in a directory of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/accounts.hpp"
#include "sandbox/port_lease.hpp"
#include "sandbox/process.hpp"
#include "sandbox/programs.hpp"
#include "sandbox/sql.hpp"

namespace sandbox {

inline constexpr std::chrono::seconds server_start_deadline{60};

struct ServerOptions {
  std::string name = "server";          // of its directory and in messages
  std::string address = "127.0.0.1";    // listens there only; 127.0.0.2 … look like other hosts; also report_host
  unsigned server_id = 0;               // 0: a number no other server of this process has
  std::vector<std::string> settings{};  // lines for its configuration file; they win over the sandbox's own
};

// Owns the process and its files. The constructor makes the files and starts nothing. Not thread-safe, but different
// servers may be used by different threads. Failures are exceptions with the end of the server's log.
class Server {
 public:
  Server(DatabasePrograms programs, const std::filesystem::path& parent_directory, const ServerOptions& options);

  // Starts the process and returns at once. See Process about the calling thread.
  void launch();
  // Whether it answers root by now. Throws std::runtime_error when its process has ended.
  [[nodiscard]] bool ready();
  // launch(), then waits until it is ready.
  void start(std::chrono::milliseconds deadline = server_start_deadline);

  // SIGKILL: a crash. The data stays.
  void kill();
  // SIGSTOP: the host hangs; the kernel still accepts connections, nobody answers.
  void freeze();
  void thaw();
  // An orderly shutdown.
  void stop(std::chrono::milliseconds deadline = server_start_deadline);
  // stop() when it runs, then start() on the same port and data.
  void restart(std::chrono::milliseconds deadline = server_start_deadline);
  [[nodiscard]] bool running();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& host() const { return address_; }
  [[nodiscard]] std::uint16_t port() const { return port_.port(); }
  [[nodiscard]] std::string endpoint() const;  // "127.0.0.1:20001"
  [[nodiscard]] unsigned server_id() const { return server_id_; }
  [[nodiscard]] Flavour flavour() const { return programs_.flavour; }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  [[nodiscard]] std::filesystem::path log_file() const { return directory_ / "error.log"; }
  [[nodiscard]] pid_t pid() const { return process_ ? process_->pid() : -1; }

  // A new connection.
  [[nodiscard]] SqlConnection connect(const Account& account) const;
  // By root, on a held connection that is renewed after a restart.
  void execute(const std::string& sql);
  [[nodiscard]] ResultSet query(const std::string& sql);

 private:
  void write_configuration(const std::vector<std::string>& settings) const;
  [[nodiscard]] SqlConnection& admin();
  void forget_process();

  DatabasePrograms programs_;
  std::string name_;
  std::string address_;
  unsigned server_id_;
  PortLease port_;
  std::filesystem::path directory_;
  std::optional<Process> process_;
  std::optional<SqlConnection> admin_;
};

}  // namespace sandbox
