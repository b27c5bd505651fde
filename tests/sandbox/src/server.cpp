// One real MariaDB or MySQL server in a directory of its own.
#include "sandbox/server.hpp"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <stdexcept>

#include "sandbox/data_template.hpp"
#include "wait_until.hpp"

namespace sandbox {
namespace {

unsigned next_server_id() {
  static std::atomic<unsigned> last{0};
  return ++last;
}

// Little memory, no waiting for disks (a sandbox outlives no power failure), and a binary log fit for failover.
constexpr const char* common_settings = R"(
skip-name-resolve
max-connections=100
table-open-cache=100
key-buffer-size=64K
innodb-buffer-pool-size=8M
innodb-log-buffer-size=1M
innodb-flush-log-at-trx-commit=0
innodb-autoextend-increment=1
sync-binlog=0
log-bin=binlog
log-slave-updates=ON
binlog-format=ROW
relay-log=relay
)";

constexpr const char* mariadb_settings = R"(
innodb-log-file-size=4M
innodb-flush-method=fsync
aria-pagecache-buffer-size=1M
innodb-buffer-pool-dump-at-shutdown=OFF
innodb-buffer-pool-load-at-startup=OFF
)";

constexpr const char* mysql_settings = R"(
innodb-redo-log-capacity=8M
innodb-doublewrite=OFF
gtid-mode=ON
enforce-gtid-consistency=ON
relay-log-recovery=ON
mysqlx=OFF
secure-file-priv=NULL
performance-schema-max-table-instances=100
innodb-buffer-pool-dump-at-shutdown=OFF
innodb-buffer-pool-load-at-startup=OFF
)";

const char* flavour_settings(Flavour flavour) {
  switch (flavour) {
    case Flavour::mariadb:
      return mariadb_settings;
    case Flavour::mysql:
      return mysql_settings;
  }
  throw std::logic_error("no such flavour");
}

}  // namespace

Server::Server(DatabasePrograms programs, const std::filesystem::path& parent_directory, const ServerOptions& options)
    : programs_(std::move(programs)),
      name_(options.name),
      address_(options.address),
      server_id_(options.server_id != 0 ? options.server_id : next_server_id()),
      directory_(parent_directory / options.name) {
  copy_directory(data_template(programs_), directory_ / "data");
  write_configuration(options.settings);
}

void Server::write_configuration(const std::vector<std::string>& settings) const {
  std::ofstream file(directory_ / "my.cnf");
  const std::string here = directory_.string();
  file << "[mysqld]\n" << common_settings << flavour_settings(programs_.flavour);
  for (const auto& setting : programs_.settings) file << setting << '\n';
  if (geteuid() == 0) file << "user=root\n";
  file << "datadir=" << here << "/data\n"
       << "tmpdir=" << here << "\n"
       << "socket=" << here << "/mysqld.sock\n"
       << "pid-file=" << here << "/mysqld.pid\n"
       << "bind-address=" << address_ << "\n"
       << "port=" << port() << "\n"
       << "report-host=" << address_ << "\n"
       << "report-port=" << port() << "\n"
       << "server-id=" << server_id_ << "\n";
  for (const auto& setting : settings) file << setting << '\n';
  if (!file.flush()) throw std::runtime_error("cannot write " + here + "/my.cnf");
}

void Server::launch() {
  forget_process();
  auto command = programs_.command;
  command.push_back("--defaults-file=" + (directory_ / "my.cnf").string());
  process_.emplace(ProcessOptions{
      .command = command, .log = log_file(), .working_directory = directory_, .environment = {{"TZ", "UTC"}}});
}

bool Server::ready() {
  if (!running()) throw std::runtime_error(name_ + " ended while starting:\n" + last_lines(log_file(), 20));
  try {
    static_cast<void>(admin());
    return true;
  } catch (const SqlError& error) {
    constexpr unsigned access_denied = 1045;
    if (error.number() == access_denied) throw;
    return false;
  }
}

void Server::start(std::chrono::milliseconds deadline) {
  launch();
  if (support::wait_until([this] { return ready(); }, deadline)) return;
  throw std::runtime_error(name_ + " did not start in time:\n" + last_lines(log_file(), 20));
}

void Server::kill() {
  if (process_) process_->kill();
  forget_process();
}

void Server::freeze() {
  if (process_) process_->freeze();
}

void Server::thaw() {
  if (process_) process_->signal(SIGCONT);
}

void Server::stop(std::chrono::milliseconds deadline) {
  admin_.reset();
  if (process_) process_->stop(deadline);
  forget_process();
}

void Server::restart(std::chrono::milliseconds deadline) {
  stop(deadline);
  start(deadline);
}

bool Server::running() {
  return process_ && !process_->ended();
}

std::string Server::endpoint() const {
  return address_ + ":" + std::to_string(port());
}

SqlConnection Server::connect(const Account& account) const {
  return SqlConnection(SqlTarget{.host = address_, .port = port(), .account = account});
}

void Server::execute(const std::string& sql) {
  admin().execute(sql);
}

ResultSet Server::query(const std::string& sql) {
  return admin().query(sql);
}

SqlConnection& Server::admin() {
  if (!admin_) admin_ = connect(root_account());
  return *admin_;
}

void Server::forget_process() {
  // Closing says goodbye on the wire, so the connection goes before the process: a killed server has no reader.
  admin_.reset();
  process_.reset();
}

}  // namespace sandbox
