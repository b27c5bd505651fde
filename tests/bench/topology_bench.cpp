// Prints how long the pure core takes: the picture of 10,000 instances, and GTID sets of 10,000 intervals.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "topology/mysql_gtid_set.hpp"
#include "topology/topology.hpp"

namespace {

using topology::Instance;
using topology::MysqlGtidSet;

std::string uuid(std::size_t number) {
  auto digits = std::to_string(number);
  return "00000000-0000-0000-0000-" + std::string(12 - digits.size(), '0') + digits;
}

// Clusters of 50: a master, 7 intermediate masters with 6 replicas each. Every replica is a little behind.
topology::TopologyInputs make_fleet(std::size_t count) {
  constexpr std::size_t cluster_size = 50;
  constexpr std::size_t fan_out = 7;
  topology::TopologyInputs inputs;
  const auto key = [](std::size_t number) {
    return topology::InstanceKey{"db-" + std::to_string(number) + ".eu-west-1.example.com", 3306};
  };
  for (std::size_t number = 0; number < count; ++number) {
    const auto place = number % cluster_size;
    const auto master = number - place;
    auto instance = std::make_shared<Instance>();
    instance->key = key(number);
    instance->version = topology::parse_server_version("8.0.36", "MySQL Community Server - GPL");
    instance->server_uuid = uuid(number);
    instance->read_only = place != 0;
    instance->gtid_mode = "ON";
    instance->executed_gtid_set = uuid(master) + ":1-" + std::to_string(1'000'000 + number) + "," +
                                  uuid(count + master) + ":1-77777," + uuid(count + master + 1) + ":1-5:7-99";
    if (place != 0) {
      auto& channel = instance->channels.emplace_back();
      channel.source = key(place <= fan_out ? master : master + 1 + (place - fan_out - 1) / 6);
      channel.io_thread = channel.sql_thread = topology::ThreadState::running;
    }
    auto observation = std::make_shared<topology::Observation>();
    observation->key = instance->key;
    observation->instance = std::move(instance);
    inputs.observations.push_back(std::move(observation));
  }
  return inputs;
}

std::string scattered_set(std::size_t intervals, std::size_t shift) {
  std::string text = uuid(1);
  for (std::size_t number = 0; number < intervals; ++number) {
    const auto first = 1 + shift + number * 10;
    text += ":" + std::to_string(first) + "-" + std::to_string(first + 4);
  }
  return text;
}

// CPU time, so that the figure holds on a busy machine.
template <class Work>
void measure(const char* what, Work&& work) {
  std::vector<double> runs;
  for (int run = 0; run < 21; ++run) {
    const auto start = std::clock();
    work();
    runs.push_back(1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  std::sort(runs.begin(), runs.end());
  std::printf("%-40s %8.2f ms CPU median, %8.2f worst of %zu\n", what, runs[runs.size() / 2], runs.back(), runs.size());
}

}  // namespace

int main() {
  auto inputs = make_fleet(10'000);
  measure("picture of 10,000 instances, first", [&] { (void)topology::Topology::build(inputs); });
  const auto first = topology::Topology::build(inputs);
  for (const auto& node : first.nodes()) {
    inputs.cluster_ids[node.key()] = first.cluster_of(node).id;
  }
  measure("picture of 10,000 instances, ids known", [&] { (void)topology::Topology::build(inputs); });

  const auto left_text = scattered_set(10'000, 0);
  const auto right_text = scattered_set(10'000, 3);
  const auto left = MysqlGtidSet::parse(left_text).value();
  const auto right = MysqlGtidSet::parse(right_text).value();
  measure("GTID set of 10,000 intervals: parse", [&] { (void)MysqlGtidSet::parse(left_text).value(); });
  measure("GTID set of 10,000 intervals: print", [&] { (void)left.to_string(); });
  measure("GTID set of 10,000 intervals: union", [&] { (void)left.united(right); });
  measure("GTID set of 10,000 intervals: subtract", [&] { (void)left.subtracted(right); });
  measure("GTID set of 10,000 intervals: intersect", [&] { (void)left.intersected(right); });
  std::string many;
  for (std::size_t number = 0; number < 10'000; ++number) {
    many += uuid(number) + ":1-5,";
  }
  const auto sources = MysqlGtidSet::parse(many).value();
  measure("GTID set of 10,000 sources: parse", [&] { (void)MysqlGtidSet::parse(many).value(); });
  measure("GTID set of 10,000 sources: union", [&] { (void)sources.united(sources); });
  measure("GTID set of 10,000 sources: subtract", [&] { (void)sources.subtracted(sources); });
}
