// Somebody else's program: a group of one in memory takes a command.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <consensus/asio_runtime.hpp>
#include <consensus/memory_log_store.hpp>
#include <consensus/memory_snapshot_store.hpp>
#include <consensus/node.hpp>
#include <consensus/tcp_transport.hpp>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>

namespace {

class Echo final : public consensus::StateMachine {
 public:
  consensus::Result<consensus::Index> applied() override { return consensus::Index(0); }
  consensus::Result<std::vector<std::string>> apply(std::span<const consensus::Command> commands,
                                                    consensus::Index) override {
    std::vector<std::string> answers;
    for (const consensus::Command& command : commands) answers.emplace_back(command.bytes);
    return answers;
  }
  consensus::Result<std::unique_ptr<consensus::SnapshotSource>> take_snapshot() override {
    return consensus::make_error(consensus::Errc::stopped, "not needed");
  }
  consensus::Result<std::unique_ptr<consensus::SnapshotSink>> restore_snapshot(consensus::Index) override {
    return consensus::make_error(consensus::Errc::stopped, "not needed");
  }
};

boost::asio::awaitable<std::string> ask(consensus::Node& node) {
  const consensus::Result<void> started = co_await node.start();
  const consensus::Result<void> founded = co_await node.bootstrap();
  std::string command = "hello";
  const consensus::ProposeOptions options;
  const consensus::Result<consensus::Applied> applied = co_await node.propose(std::move(command), options);
  co_await node.stop();
  co_return started&& founded&& applied ? applied->answer : std::string();
}

}  // namespace

int main() {
  boost::asio::io_context context;
  consensus::AsioRuntime runtime(context.get_executor());
  consensus::MemoryLogStore log;
  consensus::MemorySnapshotStore snapshots;
  consensus::TcpTransportOptions transport_options;
  transport_options.group = "consumer";
  transport_options.listen = "127.0.0.1:0";
  consensus::TcpTransport transport(runtime, transport_options);
  Echo echo;
  consensus::NodeOptions options;
  options.name = "a";
  options.address = "127.0.0.1:1";
  consensus::Node node(options, {runtime, log, snapshots, transport, echo});
  std::string answer;
  boost::asio::co_spawn(context, ask(node), [&answer](const std::exception_ptr& thrown, std::string text) {
    if (!thrown) answer = std::move(text);
  });
  context.run();
  const bool works = answer == "hello";
  std::puts(works ? "the library works" : "the library does not work");
  return works ? 0 : 1;
}
