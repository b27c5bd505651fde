// What discovery keeps for one instance: its connection, its last observation, and the timer of its poll loop.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "topology/discovery.hpp"

namespace topology {

struct FleetEntry {
  FleetEntry(boost::asio::any_io_executor executor, InstanceKey instance_key,
             std::unique_ptr<mysql::InstanceProber> own_prober)
      : key(std::move(instance_key)),
        prober(std::move(own_prober)),
        turn(executor, std::chrono::steady_clock::time_point::max()),
        probe_ended(executor, std::chrono::steady_clock::time_point::max()),
        known_since(std::chrono::steady_clock::now()) {
    auto first = std::make_shared<Observation>();
    first->key = key;
    observation = std::move(first);
  }

  [[nodiscard]] bool measured() const noexcept { return observation->instance != nullptr; }

  InstanceKey key;
  std::unique_ptr<mysql::InstanceProber> prober;
  std::shared_ptr<const Observation> observation;  // never null
  Error error;                                     // of the latest probe, when it failed
  boost::asio::steady_timer turn;                  // canceled to probe at once
  boost::asio::steady_timer probe_ended;           // canceled when a probe has been absorbed
  std::chrono::steady_clock::time_point known_since;
  std::chrono::steady_clock::time_point better_name_tried{};  // when one was last found not to lead to it
  unsigned failures = 0;
  bool seed = false;
  bool probed = false;  // at least once since the start
  bool probing = false;
  bool wanted_again = false;  // asked for while a probe was under way
  bool stopped = false;
};

// The instances that a measurement points at.
struct Neighbours {
  std::vector<InstanceKey> masters;
  std::vector<InstanceKey> replicas;
};

// Valid keys only, without the instance itself; the source of a detached replica is left out.
[[nodiscard]] Neighbours neighbours_of(const Instance& instance);

// Whoever has been reached by two names is one.
[[nodiscard]] bool is_same_server(const Instance& one, const Instance& other) noexcept;

// The name that the server gives itself by the method; "" when it gives none.
[[nodiscard]] std::string own_name(const Instance& instance, ServerNameMethod method);

}  // namespace topology
