// Discovers a replication topology from one seed and prints its tree:
//   ORCHESTRATOR_USER=… ORCHESTRATOR_PASSWORD=… example_discover_topology HOST:PORT
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <topology/discovery.hpp>
#include <topology/topology_text.hpp>

using namespace std::chrono_literals;

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// True when every instance in the picture has been measured.
bool is_complete(const topology::Topology& picture) {
  for (const auto& node : picture.nodes()) {
    if (!node.observation->check.last_check_valid) {
      return false;
    }
  }
  return !picture.nodes().empty();
}

}  // namespace

int main(int argc, char* argv[]) {
  const auto seed = topology::parse_instance_key(argc > 1 ? argv[1] : "127.0.0.1:3306");
  if (!seed) {
    std::fprintf(stderr, "%s\n", seed.error().message().c_str());
    return 1;
  }
  auto settings = std::make_shared<topology::mysql::ProbeSettings>();
  settings->credentials = {environment("ORCHESTRATOR_USER"), environment("ORCHESTRATOR_PASSWORD")};

  // A discovery lives on one event loop; this program lends it its only thread.
  boost::asio::io_context loop(1);
  topology::Discovery discovery(loop.get_executor(), {}, settings, {});
  std::string error;
  boost::asio::co_spawn(loop, discovery.discover(*seed), [&error](const std::exception_ptr&, const auto& seen) {
    error = seen ? "" : seen.error().message();
  });

  // Follow replication until a second has brought nothing new; a server that is down is not waited for.
  const auto latest = std::chrono::steady_clock::now() + 10s;
  auto quiet_since = std::chrono::steady_clock::now();
  std::size_t known = 0;
  while (error.empty() && std::chrono::steady_clock::now() < latest &&
         std::chrono::steady_clock::now() - quiet_since < 1s) {
    loop.run_for(20ms);
    const auto picture = discovery.topology();
    if (picture->nodes().size() != known || !is_complete(*picture)) {
      known = picture->nodes().size();
      quiet_since = std::chrono::steady_clock::now();
    }
  }
  if (!error.empty()) {
    std::fprintf(stderr, "%s\n", error.c_str());
    return 1;
  }
  const auto picture = discovery.topology();
  for (const auto& cluster : picture->clusters()) {
    topology::TopologyTextOptions options;
    options.now = std::chrono::system_clock::now();
    std::puts(topology::topology_text(*picture, cluster, options).c_str());
  }
  return 0;
}
