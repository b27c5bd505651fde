// Publishes the master of one cluster to Consul, so that proxies and clients find it.
//
//   publish_master [consul-address]        127.0.0.1:8500 if not given
//
// Run it twice: the second time there is nothing to write. Change the keys by hand: they are repaired.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <iostream>

#include "kvstore/consul.hpp"
#include "kvstore/master_publisher.hpp"

namespace {

const char* to_text(kvstore::PublishOutcome outcome) {
  switch (outcome) {
    case kvstore::PublishOutcome::published:
      return "published";
    case kvstore::PublishOutcome::unchanged:
      return "unchanged";
    case kvstore::PublishOutcome::superseded:
      return "superseded";
    case kvstore::PublishOutcome::failed:
      return "failed";
  }
  return "";
}

void print(const kvstore::PublishReport& report) {
  for (const auto& [key, value] : report.pairs) std::cout << key << " = " << value << '\n';
  for (const kvstore::StoreReport& store : report.stores) {
    for (const kvstore::ClusterReport& cluster : store.clusters) {
      std::cout << store.store << ": " << cluster.alias << " " << to_text(cluster.outcome) << '\n';
      if (cluster.error) std::cerr << cluster.error->message() << '\n';
    }
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  kvstore::ConsulOptions options;
  if (argc > 1) options.address = argv[1];
  boost::asio::io_context context;
  const auto store = kvstore::make_consul_store(options);
  if (!store) {
    std::cerr << store.error().message() << '\n';
    return 1;
  }
  kvstore::MasterPublisher publisher({*store}, {.prefix = "mysql/master"});
  const kvstore::ClusterMaster master{
      .alias = "shop", .hostname = "db1.example.com", .port = 3306, .ipv4 = "192.0.2.1", .ipv6 = ""};

  auto report = boost::asio::co_spawn(context, publisher.publish({master}), boost::asio::use_future);
  context.run();
  const kvstore::PublishReport result = report.get();
  print(result);
  return result.count(kvstore::PublishOutcome::failed) == 0 ? 0 : 1;
}
