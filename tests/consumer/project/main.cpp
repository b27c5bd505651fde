// Somebody else's program: reads a GTID set, publishes a master into a store in memory, starts and stops a discovery.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <exception>
#include <kvstore/master_publisher.hpp>
#include <kvstore/memory_store.hpp>
#include <memory>
#include <topology/discovery.hpp>
#include <topology/mysql_gtid_set.hpp>
#include <utility>
#include <vector>

namespace {

boost::asio::awaitable<std::size_t> publish(kvstore::MasterPublisher& publisher,
                                            std::vector<kvstore::ClusterMaster> masters) {
  const auto report = co_await publisher.publish(std::move(masters));
  co_return report.count(kvstore::PublishOutcome::published);
}

std::size_t published_clusters() {
  boost::asio::io_context context;
  const auto store = std::make_shared<kvstore::MemoryStore>();
  kvstore::MasterPublisher publisher({store}, {});
  std::size_t count = 0;
  std::vector<kvstore::ClusterMaster> masters{{"shop", "db1.example.com", 3306, "192.0.2.1", ""}};
  boost::asio::co_spawn(
      context, publish(publisher, std::move(masters)),
      [&count](const std::exception_ptr& failure, std::size_t published) { count = failure ? 0 : published; });
  context.run();
  return count;
}

}  // namespace

int main() {
  const auto executed = topology::MysqlGtidSet::parse("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:7");
  boost::asio::io_context context;
  topology::Discovery discovery(context.get_executor(), {}, std::make_shared<topology::mysql::ProbeSettings>(), {});
  discovery.stop();
  context.run();
  const bool works =
      executed && executed->count() == 6 && published_clusters() == 1 && discovery.topology()->clusters().empty();
  std::puts(works ? "the libraries work" : "the libraries do not work");
  return works ? 0 : 1;
}
