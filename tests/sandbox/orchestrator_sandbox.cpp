// Starts a topology of real servers, says where they are, keeps them until it is told to stop, and removes them.
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>

#include "sandbox/consul.hpp"
#include "sandbox/topology.hpp"

namespace {

using namespace sandbox;

constexpr const char* usage =
    R"(usage: orchestrator-sandbox [--mysql|--mariadb SERIES] [--servers N] [--layout two-tiers|chain|star|co-masters]
                            [--hosts] [--consul] [--json]
Starts real servers on free loopback ports, prints where they are and stays until Ctrl-C, SIGTERM or the end of its
standard input (unless that is /dev/null); then removes them with all their files.
  --mysql      MySQL 9 servers instead of MariaDB ones
  --mariadb S  servers of that MariaDB series, 10.5 or 11.8, instead of the installed one
  --servers N  how many (4)
  --layout L   who replicates from whom (two-tiers)
  --hosts      each server on an address of its own: 127.0.0.1, 127.0.0.2 …
  --consul     a Consul agent besides
  --json       prints everything, with the accounts, as one line of JSON
)";

class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Output { text, json };

struct Options {
  Flavour flavour = Flavour::mariadb;
  std::string mariadb_series{};
  std::size_t servers = 4;
  std::string layout = "two-tiers";
  bool different_hosts = false;
  bool consul = false;
  bool help = false;
  Output output = Output::text;
};

std::size_t server_count(const std::string& text) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size() || count < 1 || count > 250) {
    throw UsageError("--servers wants a number from 1 to 250, not '" + text + "'");
  }
  return count;
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const auto value = [&]() -> std::string {
      if (i + 1 >= argc) throw UsageError(option + " wants a value");
      return argv[++i];
    };
    if (option == "--mysql") {
      options.flavour = Flavour::mysql;
    } else if (option == "--mariadb") {
      options.flavour = Flavour::mariadb;
      options.mariadb_series = value();
    } else if (option == "--servers") {
      options.servers = server_count(value());
    } else if (option == "--layout") {
      options.layout = value();
    } else if (option == "--hosts") {
      options.different_hosts = true;
    } else if (option == "--consul") {
      options.consul = true;
    } else if (option == "--json") {
      options.output = Output::json;
    } else if (option == "--help" || option == "-h") {
      options.help = true;
    } else {
      throw UsageError("unknown option " + option);
    }
  }
  return options;
}

Layout make_layout(const Options& options) {
  const auto named = [&options]() -> Layout {
    if (options.layout == "two-tiers") return two_tiers(options.servers);
    if (options.layout == "chain") return chain(options.servers);
    if (options.layout == "star") return star(options.servers);
    if (options.layout == "co-masters") return co_masters(options.servers);
    throw UsageError("unknown layout " + options.layout);
  };
  Layout layout = options.different_hosts ? on_different_hosts(named()) : named();
  layout.flavour = options.flavour;
  return layout;
}

// Waits in a thread of its own for a signal or the end of standard input, so that a start can be cancelled too. The
// signals must be blocked before any thread exists.
class StopWatcher {
 public:
  StopWatcher() : finished_(eventfd(0, EFD_CLOEXEC)) {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&wanted, number);
    pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
    signals_ = signalfd(-1, &wanted, SFD_CLOEXEC);
    thread_ = std::jthread([this] { watch(); });
  }
  ~StopWatcher() {
    [[maybe_unused]] const auto result = eventfd_write(finished_, 1);
    wait();
    close(signals_);
    close(finished_);
  }
  StopWatcher(const StopWatcher&) = delete;
  StopWatcher& operator=(const StopWatcher&) = delete;

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }
  void wait() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  // /dev/null, what a background job gets, is no standard input that could end.
  static bool has_standard_input() {
    struct stat input{};
    struct stat null_device{};
    if (fstat(STDIN_FILENO, &input) != 0 || stat("/dev/null", &null_device) != 0) return false;
    return !S_ISCHR(input.st_mode) || input.st_rdev != null_device.st_rdev;
  }

  void watch() {
    const int input = has_standard_input() ? STDIN_FILENO : -1;
    std::array<pollfd, 3> sources{{{signals_, POLLIN, 0}, {finished_, POLLIN, 0}, {input, POLLIN, 0}}};
    for (;;) {
      if (poll(sources.data(), sources.size(), -1) < 0) continue;
      if ((sources[0].revents | sources[1].revents) != 0) break;
      std::array<char, 256> ignored{};
      if (sources[2].revents != 0 && read(STDIN_FILENO, ignored.data(), ignored.size()) <= 0) break;
    }
    stop_.request_stop();
  }

  std::stop_source stop_;
  int finished_;
  int signals_ = -1;
  std::jthread thread_;
};

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

std::string account_json(const std::string& role, const Account& account) {
  return quoted(role) + ":{\"name\":" + quoted(account.name) + ",\"password\":" + quoted(account.password) + "}";
}

void print_json(Topology& topology, const Layout& layout, const std::string& version, const ConsulAgent* consul) {
  std::string json = "{\"flavour\":" + quoted(to_string(layout.flavour)) + ",\"version\":" + quoted(version) +
                     ",\"directory\":" + quoted(topology.directory().string()) +
                     ",\"seed\":" + quoted(topology.servers().back().endpoint()) +
                     ",\"consul\":" + (consul != nullptr ? quoted(consul->address()) : "null") + ",\"accounts\":{" +
                     account_json("root", root_account()) + "," + account_json("topology", topology_account()) + "," +
                     account_json("replication", replication_account()) + "," +
                     account_json("application", application_account()) + "},\"servers\":[";
  for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
    const Server& server = topology[i];
    const auto& upstreams = layout.nodes[i].upstreams;
    json += std::string(i == 0 ? "" : ",") + "{\"name\":" + quoted(server.name()) +
            ",\"host\":" + quoted(server.host()) + ",\"port\":" + std::to_string(server.port()) +
            ",\"pid\":" + std::to_string(server.pid()) +
            ",\"master\":" + (upstreams.empty() ? "null" : quoted(topology[upstreams.front().from].endpoint())) + "}";
  }
  std::printf("%s]}\n", json.c_str());
}

void print_text(Topology& topology, const Layout& layout, const std::string& version, const ConsulAgent* consul,
                const std::string& login_file) {
  std::printf("%zu %s %s servers in %s\n", layout.nodes.size(), to_string(layout.flavour).c_str(), version.c_str(),
              topology.directory().c_str());
  for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
    const auto& upstreams = layout.nodes[i].upstreams;
    const std::string master =
        upstreams.empty() ? "" : "  replicates from " + topology[upstreams.front().from].endpoint();
    std::printf("  %-8s %s%s\n", topology[i].name().c_str(), topology[i].endpoint().c_str(), master.c_str());
  }
  if (consul != nullptr) std::printf("Consul: http://%s\n", consul->address().c_str());
  std::printf("To look inside as root:\n  mariadb --defaults-extra-file=%s -h %s -P %u\nCtrl-C removes everything.\n",
              login_file.c_str(), topology.master().host().c_str(), topology.master().port());
}

// Passwords go through a file that only this user reads, not through command lines.
std::string write_login_file(const Topology& topology) {
  const std::string path = (topology.directory() / "root.cnf").string();
  std::ofstream(path) << "[client]\nuser=" << root_account().name << "\npassword=\"" << root_account().password
                      << "\"\n";
  return path;
}

int run(const Options& options) {
  Layout layout = make_layout(options);
  const auto programs =
      options.mariadb_series.empty() ? find_database(options.flavour) : find_mariadb(options.mariadb_series);
  if (!programs) throw std::runtime_error(programs.reason);
  layout.programs = programs.program;
  const auto consul_program = options.consul ? find_consul() : Found<ConsulProgram>{};
  if (options.consul && !consul_program) throw std::runtime_error(consul_program.reason);

  StopWatcher watcher;
  std::optional<ConsulAgent> consul;
  if (options.consul) consul.emplace(*consul_program.program, ConsulOptions{.cancel = watcher.token()});
  const ConsulAgent* agent = consul ? &*consul : nullptr;
  Topology topology(layout, {.cancel = watcher.token()});
  const std::string login_file = write_login_file(topology);
  switch (options.output) {
    case Output::text:
      print_text(topology, layout, programs.program->version, agent, login_file);
      break;
    case Output::json:
      print_json(topology, layout, programs.program->version, agent);
      break;
  }
  std::fflush(stdout);
  watcher.wait();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = parse(argc, argv);
    if (options.help) {
      std::fputs(usage, stdout);
      return 0;
    }
    return run(options);
  } catch (const UsageError& error) {
    std::fprintf(stderr, "orchestrator-sandbox: %s\n%s", error.what(), usage);
    return 2;
  } catch (const Cancelled&) {
    return 130;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "orchestrator-sandbox: %s\n", error.what());
    return 1;
  }
}
