// A real DNS server with a few names.
#include "sandbox/name_server.hpp"

#include <signal.h>

#include <stdexcept>

#include "wait_until.hpp"

namespace sandbox {
namespace {

constexpr std::chrono::seconds start_deadline{10};

// dnsmasq says so in its log once its sockets are open, and only then reads names.
bool is_started(const std::filesystem::path& log) {
  return last_lines(log, 20).find("started, version") != std::string::npos;
}

}  // namespace

NameServer::NameServer(const NameServerProgram& program, const NameRecords& records,
                       const std::filesystem::path& directory) {
  // --no-daemon also keeps it the user it is.
  std::vector<std::string> command{
      program.path.string(), "--no-daemon",       "--conf-file=/dev/null",
      "--no-resolv",         "--no-hosts",        "--bind-interfaces",
      "--port=53",           "--local=/example/", std::string("--listen-address=") + name_server_address};
  for (const auto& host : records.hosts) command.push_back("--host-record=" + host.name + "," + host.address);
  for (const auto& alias : records.aliases) command.push_back("--cname=" + alias.name + "," + alias.target);
  const auto log = directory / "name_server.log";
  process_.emplace(ProcessOptions{.command = command, .log = log, .working_directory = directory, .environment = {}});
  const bool serving = support::wait_until(
      [&] {
        if (process_->ended()) throw std::runtime_error("dnsmasq ended while starting:\n" + last_lines(log, 20));
        return is_started(log);
      },
      start_deadline);
  if (!serving) throw std::runtime_error("dnsmasq is not ready in time:\n" + last_lines(log, 20));
}

void NameServer::thaw() {
  process_->signal(SIGCONT);
}

}  // namespace sandbox
