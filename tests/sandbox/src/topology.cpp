// A running topology of real servers.
#include "sandbox/topology.hpp"

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "sandbox/data_template.hpp"
#include "wait_until.hpp"

namespace sandbox {
namespace {

std::vector<std::string> semi_sync_settings(Flavour flavour) {
  switch (flavour) {
    case Flavour::mariadb:
      return {"rpl-semi-sync-master-enabled=ON", "rpl-semi-sync-slave-enabled=ON"};
    case Flavour::mysql:
      return {"plugin-load-add=semisync_source.so;semisync_replica.so", "rpl-semi-sync-source-enabled=ON",
              "rpl-semi-sync-replica-enabled=ON"};
  }
  throw std::logic_error("no such flavour");
}

DatabasePrograms programs_of(const Layout& layout, const Node& node) {
  if (node.programs) return *node.programs;
  if (layout.programs) return *layout.programs;
  auto found = find_database(layout.flavour);
  if (!found) throw std::runtime_error(found.reason);
  return *std::move(found.program);
}

ServerOptions server_options(const Layout& layout, std::size_t index) {
  const Node& node = layout.nodes.at(index);
  ServerOptions options{.name = node.name, .address = node.address};
  // The first node stays writable even where it has an upstream: one of two co-masters must be.
  if (layout.read_only == ReadOnly::replicas && index > 0 && !node.upstreams.empty()) {
    options.settings.emplace_back("read-only=ON");
  }
  if (layout.semi_sync == SemiSync::on) options.settings = semi_sync_settings(layout.flavour);
  options.settings.insert(options.settings.end(), layout.settings.begin(), layout.settings.end());
  options.settings.insert(options.settings.end(), node.settings.begin(), node.settings.end());
  return options;
}

// Runs task(0) … task(count - 1) on a few threads; rethrows the first failure.
void for_all_in_parallel(std::size_t count, const std::function<void(std::size_t)>& task) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        task(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        failure = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    const std::size_t workers = std::min<std::size_t>(count, std::max(2U, std::thread::hardware_concurrency()));
    for (std::size_t i = 0; i < workers; ++i) threads.emplace_back(work);
  }
  if (failure) std::rethrow_exception(failure);
}

class Deadline {
 public:
  explicit Deadline(const StartOptions& options)
      : end_(std::chrono::steady_clock::now() + options.deadline), cancel_(options.cancel) {}

  // Waits for a condition until the common end; throws when it passes or the start is cancelled.
  template <class Condition>
  void wait(const std::string& what, Condition condition) const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    const bool met = support::wait_until(
        [&] {
          check_cancelled();
          return condition();
        },
        left);
    if (!met) throw std::runtime_error("not in time: " + what);
  }

  void check_cancelled() const {
    if (cancel_.stop_requested()) throw Cancelled();
  }

 private:
  std::chrono::steady_clock::time_point end_;
  std::stop_token cancel_;
};

void replicate(const Layout& layout, std::deque<Server>& servers, const Deadline& deadline) {
  for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
    for (const Upstream& upstream : layout.nodes[i].upstreams) {
      deadline.check_cancelled();
      start_replication(servers.at(i), servers.at(upstream.from),
                        {.channel = upstream.channel,
                         .positioning = layout.positioning,
                         .timers = layout.timers,
                         .delay = upstream.delay});
    }
  }
  for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
    if (layout.nodes[i].upstreams.empty()) continue;
    deadline.wait(servers[i].name() + " replicates", [&] { return replication_runs(servers[i]); });
  }
}

}  // namespace

Topology::Topology(const Layout& layout, const StartOptions& options) {
  const Deadline deadline(options);
  std::vector<DatabasePrograms> programs;
  for (const Node& node : layout.nodes) {
    programs.push_back(programs_of(layout, node));
    static_cast<void>(data_template(programs.back()));
  }
  std::vector<std::optional<Server>> made(layout.nodes.size());
  for_all_in_parallel(made.size(), [&](std::size_t i) {
    deadline.check_cancelled();
    auto server = server_options(layout, i);
    server.server_id = static_cast<unsigned>(i + 1);
    made[i].emplace(programs[i], directory_.path(), server);
  });
  for (auto& server : made) servers_.push_back(*std::move(server));
  for (auto& server : servers_) server.launch();
  for (auto& server : servers_) {
    deadline.wait(server.name() + " starts", [&server] { return server.ready(); });
  }
  replicate(layout, servers_, deadline);
}

Topology::~Topology() {
  // All are told first: waiting for one while the others still run would take them in turn.
  for (auto& server : servers_) {
    if (server.pid() > 0) ::kill(server.pid(), SIGKILL);
  }
  servers_.clear();
}

Server& Topology::at(std::string_view name) {
  const auto found = std::find_if(servers_.begin(), servers_.end(), [name](auto& s) { return s.name() == name; });
  if (found == servers_.end()) throw std::out_of_range("no server " + std::string(name));
  return *found;
}

bool Topology::wait_caught_up(Server& source, std::chrono::milliseconds deadline) {
  return support::wait_until(
      [&] {
        return std::all_of(servers_.begin(), servers_.end(),
                           [&](Server& s) { return &s == &source || !s.running() || caught_up(s, source); });
      },
      deadline);
}

}  // namespace sandbox
