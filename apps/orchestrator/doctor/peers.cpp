// Examines whether the other nodes can be reached.
#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <set>

#include "configuration/address.hpp"
#include "doctor/examination.hpp"

namespace orchestrator::doctor {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds patience{2};

// "" when something listens there.
std::string try_to_connect(const HostPort& address) {
  asio::io_context context;
  tcp::resolver resolver(context);
  error_code code;
  const auto endpoints = resolver.resolve(address.host, std::to_string(address.port), code);
  if (code) {
    return "the name cannot be looked up: " + code.message();
  }
  tcp::socket socket(context);
  error_code outcome = asio::error::timed_out;
  asio::async_connect(socket, endpoints, [&](const error_code& connected, const auto&) { outcome = connected; });
  context.run_for(patience);
  return outcome ? outcome.message() : std::string();
}

}  // namespace

void examine_peers(const Configuration& configuration, Findings& findings) {
  const auto& raft = configuration.raft;
  if (!raft.enabled) {
    return;
  }
  std::set<std::string> peers(raft.nodes.begin(), raft.nodes.end());
  peers.insert(raft.join.begin(), raft.join.end());
  peers.erase(raft.advertise);
  for (const auto& peer : peers) {
    const auto address = parse_host_port(peer, raft.default_port);
    if (!address) {
      continue;  // the configuration was refused for that
    }
    const auto problem = try_to_connect(*address);
    if (problem.empty()) {
      findings.push_back({Grade::good, "peer " + peer, "something listens", ""});
    } else {
      findings.push_back({Grade::bad, "peer " + peer, problem,
                          "start that node, or open the port from here to there; the group needs a majority"});
    }
  }
}

}  // namespace orchestrator::doctor
