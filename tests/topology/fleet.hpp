// Describes a fleet of measured servers in a few words, and makes the picture of it.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "topology/topology.hpp"

namespace topology_test {

using topology::Instance;
using topology::InstanceKey;

// A key from "host" or "host:port".
inline InstanceKey key(const std::string& text) {
  return topology::parse_instance_key(text).value();
}

// A fixed now for everything that looks at a clock.
inline const topology::SystemTime now = topology::SystemTime(std::chrono::hours(480'000));

// Servers by key. Each is healthy MySQL 8.0 checked just now, unless changed.
class Fleet {
 public:
  using Change = std::function<void(Instance&)>;

  // A master, or with a source a replica of it; the source may be any text, e.g. "//db1" of a detached replica.
  Fleet& add(const std::string& name, const std::string& source = "", const Change& change = {}) {
    auto& instance = instances_[key(name)];
    instance = Instance{};
    instance.key = key(name);
    instance.version = topology::parse_server_version("8.0.36", "MySQL Community Server - GPL");
    instance.server_uuid = "uuid-" + name;
    instance.log_bin = true;
    instance.log_replica_updates = true;
    instance.binlog_format = "ROW";
    if (!source.empty()) {
      replicate(instance, source);
    }
    if (change) {
      change(instance);
    }
    return *this;
  }

  // A server that nobody has reached yet.
  Fleet& add_unmeasured(const std::string& name) {
    unmeasured_.insert(key(name));
    return *this;
  }

  Fleet& remove(const std::string& name) {
    instances_.erase(key(name));
    return *this;
  }

  Instance& operator[](const std::string& name) { return instances_.at(key(name)); }
  // The check of a server; changes what the next picture sees.
  topology::CheckStatus& check(const std::string& name) {
    return checks_.try_emplace(key(name), valid()).first->second;
  }

  // Sets the default channel's source.
  static void replicate(Instance& instance, const std::string& source) {
    topology::ReplicationChannel channel;
    const bool detached = source.starts_with("//");
    channel.source = key(detached ? source.substr(2) : source);
    channel.source.hostname.insert(0, detached ? "//" : "");
    channel.io_thread = channel.sql_thread = topology::ThreadState::running;
    channel.behind_source = std::chrono::seconds(0);
    instance.channels = {channel};
    instance.lag = std::chrono::seconds(0);
    instance.read_only = true;
  }

  [[nodiscard]] std::vector<std::shared_ptr<const topology::Observation>> observations() const {
    std::vector<std::shared_ptr<const topology::Observation>> result;
    for (const auto& [name, instance] : instances_) {
      const auto found = checks_.find(name);
      result.push_back(std::make_shared<const topology::Observation>(
          topology::Observation{.key = name,
                                .instance = std::make_shared<const Instance>(instance),
                                .check = found == checks_.end() ? valid() : found->second,
                                .warnings = {}}));
    }
    for (const auto& name : unmeasured_) {
      result.push_back(std::make_shared<const topology::Observation>(
          topology::Observation{.key = name, .instance = nullptr, .check = {}, .warnings = {}}));
    }
    return result;
  }

  // The picture; cluster ids are c1, c2 … in the order they were first needed, and remembered from picture to picture.
  topology::Topology build() {
    inputs.observations = observations();
    inputs.new_cluster_id = [this] { return "c" + std::to_string(++last_id_); };
    auto result = topology::Topology::build(inputs);
    for (const auto& node : result.nodes()) {
      inputs.cluster_ids[node.key()] = result.cluster_of(node).id;
    }
    return result;
  }

  topology::TopologyInputs inputs;

 private:
  static topology::CheckStatus valid() {
    return {.last_attempted = now,
            .last_checked = now,
            .last_seen = now,
            .last_check_valid = true,
            .partial_success = false,
            .error = "",
            .latency = std::chrono::milliseconds(1)};
  }

  std::map<InstanceKey, Instance> instances_;
  std::set<InstanceKey> unmeasured_;
  std::map<InstanceKey, topology::CheckStatus> checks_;
  int last_id_ = 0;
};

// "host:port" of each, in order, separated by blanks.
inline std::string names(const topology::Topology& topology, const std::vector<topology::NodeIndex>& nodes) {
  std::string text;
  for (const auto index : nodes) {
    text += (text.empty() ? "" : " ") + topology.node(index).key().hostname;
  }
  return text;
}

inline const topology::Node& node(const topology::Topology& topology, const std::string& name) {
  return topology.node(topology.find(key(name)).value());
}

inline const topology::Cluster& cluster(const topology::Topology& topology, const std::string& name) {
  return topology.cluster_of(node(topology, name));
}

}  // namespace topology_test
