// What a topology looks like, as data.
#include "sandbox/layout.hpp"

#include <algorithm>
#include <cmath>

namespace sandbox {
namespace {

Layout numbered_nodes(std::size_t count) {
  Layout layout;
  for (std::size_t i = 0; i < count; ++i) layout.nodes.push_back(Node{.name = "node" + std::to_string(i + 1)});
  return layout;
}

}  // namespace

Layout chain(std::size_t servers) {
  Layout layout = numbered_nodes(servers);
  for (std::size_t i = 1; i < servers; ++i) layout.nodes[i].upstreams = {Upstream{.from = i - 1}};
  return layout;
}

Layout star(std::size_t servers) {
  Layout layout = numbered_nodes(servers);
  for (std::size_t i = 1; i < servers; ++i) layout.nodes[i].upstreams = {Upstream{.from = 0}};
  return layout;
}

Layout two_tiers(std::size_t servers) {
  Layout layout = star(servers);
  if (servers < 3) return layout;
  const auto first_tier = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(servers - 1))));
  for (std::size_t i = 1 + first_tier; i < servers; ++i) {
    layout.nodes[i].upstreams = {Upstream{.from = 1 + (i - 1 - first_tier) % first_tier}};
  }
  return layout;
}

Layout co_masters(std::size_t servers) {
  Layout layout = star(std::max<std::size_t>(servers, 2));
  layout.nodes[0].upstreams = {Upstream{.from = 1}};
  return layout;
}

Layout multi_source(std::size_t masters) {
  Layout layout = numbered_nodes(masters + 1);
  for (std::size_t i = 0; i < masters; ++i) {
    // Each master writes in a domain of its own, or MariaDB's GTID positions of one would pass for the other's.
    layout.nodes[i].settings = {"loose-gtid-domain-id=" + std::to_string(i + 1)};
    layout.nodes[masters].upstreams.push_back(Upstream{.from = i, .channel = layout.nodes[i].name});
  }
  return layout;
}

Layout on_different_hosts(Layout layout) {
  for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
    layout.nodes[i].address = "127.0.0." + std::to_string(i % 250 + 1);
  }
  return layout;
}

}  // namespace sandbox
