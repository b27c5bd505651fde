// One member of a libconsensus group, driven by the lines that consensus_bench writes; see README.md.
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "client_load.hpp"
#include "consensus/asio_runtime.hpp"
#include "consensus/file_snapshot_store.hpp"
#include "consensus/node.hpp"
#include "consensus/sqlite_log_store.hpp"
#include "consensus/tcp_transport.hpp"
#include "filled_counter.hpp"

namespace consensus_bench {
namespace {

namespace asio = boost::asio;
using namespace consensus;
using Words = std::vector<std::string>;

struct Arguments {
  std::string id;
  std::string address;
  std::filesystem::path data;
  bool found = false;
  std::optional<std::uint64_t> trailing;
};

// From any thread.
void say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

std::string now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

std::uint64_t number(const std::string& word) {
  return std::strtoull(word.c_str(), nullptr, 10);
}

// All limits and times are the library's own, except what the arguments say.
NodeOptions node_options(const Arguments& arguments) {
  NodeOptions options;
  options.name = arguments.id;
  options.address = arguments.address;
  options.apply_on = ApplyOn::executor;
  if (arguments.trailing) options.core.trailing_entries = *arguments.trailing;
  return options;
}

SqliteLogOptions log_options(const Arguments& arguments) {
  SqliteLogOptions options;
  options.file = arguments.data / "log.db";
  return options;
}

FileSnapshotOptions snapshot_options(const Arguments& arguments) {
  FileSnapshotOptions options;
  options.folder = arguments.data / "snapshots";
  return options;
}

TcpTransportOptions transport_options(const Arguments& arguments) {
  TcpTransportOptions options;
  options.group = "bench";
  options.listen = arguments.address;
  return options;
}

class BenchedNode {
 public:
  BenchedNode(asio::io_context& context, const Arguments& arguments)
      : found_(arguments.found),
        runtime_(context.get_executor(), arguments.id),
        log_(log_options(arguments)),
        snapshots_(snapshot_options(arguments)),
        transport_(runtime_, transport_options(arguments)),
        node_(node_options(arguments), {runtime_, log_, snapshots_, transport_, machine_},
              [this](const NodeEvent& event) { on_event(event); }),
        load_(node_, runtime_) {}

  // Until "quit" or the end of the input.
  asio::awaitable<void> live();

 private:
  void on_event(const NodeEvent& event);
  asio::awaitable<Result<void>> start();
  asio::awaitable<void> read_commands();
  asio::awaitable<void> obey(Words words);
  // What to say.
  asio::awaitable<Result<std::string>> answer(Words words);
  asio::awaitable<Result<std::string>> change_members(Words words);
  asio::awaitable<Result<std::string>> work(Words words);
  asio::awaitable<Result<std::string>> take_snapshot();
  asio::awaitable<void> commit_first();
  TimePoint deadline() const { return runtime_.now() + std::chrono::seconds(60); }

  bool found_;
  AsioRuntime runtime_;
  SqliteLogStore log_;
  FileSnapshotStore snapshots_;
  TcpTransport transport_;
  FilledCounter machine_;
  Node node_;
  ClientLoad load_;
};

void BenchedNode::on_event(const NodeEvent& event) {
  if (const auto* failed = std::get_if<event::Failed>(&event)) {
    say("failed " + failed->error.message());
  } else if (const auto* changed = std::get_if<event::RoleChanged>(&event)) {
    if (changed->role == Role::leader) asio::co_spawn(runtime_.executor(), commit_first(), asio::detached);
  }
}

// Tells when the first command of a term of our own is committed and applied.
asio::awaitable<void> BenchedNode::commit_first() {
  say("leading " + now_ns());
  std::string command(1, counting);
  ProposeOptions options;
  options.deadline = deadline();
  options.forward = false;
  const auto applied = co_await node_.propose(std::move(command), std::move(options));
  if (applied) say("first_commit " + now_ns());
}

asio::awaitable<Result<void>> BenchedNode::start() {
  auto started = co_await node_.start();
  if (!started || !found_ || !node_.status().blank) co_return started;
  auto founded = co_await node_.bootstrap();
  co_return founded;
}

asio::awaitable<void> BenchedNode::live() {
  const auto started = co_await start();
  if (started) {
    say("ready");
    co_await read_commands();
  } else {
    say("failed to start: " + started.error().message());
  }
  co_await node_.stop();
}

asio::awaitable<void> BenchedNode::read_commands() {
  asio::posix::stream_descriptor input(runtime_.executor(), ::dup(STDIN_FILENO));
  std::string buffer;
  while (true) {
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    auto into = asio::dynamic_buffer(buffer);
    const std::size_t size = co_await asio::async_read_until(input, into, '\n', token);
    if (error) co_return;
    std::istringstream line(buffer.substr(0, size));
    buffer.erase(0, size);
    Words words;
    for (std::string word; line >> word;) words.push_back(word);
    if (words.empty()) continue;
    if (words[0] == "quit") co_return;
    // Commands run side by side: a node joins while clients write.
    asio::co_spawn(runtime_.executor(), obey(std::move(words)), asio::detached);
  }
}

asio::awaitable<void> BenchedNode::obey(Words words) {
  const std::string command = words[0];
  const auto said = co_await answer(std::move(words));
  if (!said) {
    say("failed " + command + ": " + said.error().message());
  } else if (!said->empty()) {
    say(*said);
  }
}

asio::awaitable<Result<std::string>> BenchedNode::answer(Words words) {
  if (words[0] == "status") {
    co_return std::string("status leads=") + (node_.status().core.role == Role::leader ? "1" : "0");
  }
  if (words[0] == "state") {
    const FilledCounter::Size size = machine_.size();
    co_return "state bytes=" + std::to_string(size.bytes) + " count=" + std::to_string(size.count);
  }
  if (words[0] == "await" && words.size() == 3) {
    machine_.when({number(words[1]), number(words[2])}, [] { say("reached " + now_ns()); });
    co_return std::string();
  }
  if (words[0] == "mark") co_return "marked " + load_.take_figures();
  if (words[0] == "add" || words[0] == "join" || words[0] == "remove") {
    auto changed = co_await change_members(std::move(words));
    co_return changed;
  }
  auto worked = co_await work(std::move(words));
  co_return worked;
}

asio::awaitable<Result<std::string>> BenchedNode::change_members(Words words) {
  if (words[0] == "add") co_return std::string("added");  // the member asks by itself
  if (words[0] == "remove" && words.size() == 2) {
    const TimePoint until = deadline();
    const auto removed = co_await node_.remove(std::move(words[1]), until);
    if (!removed) co_return removed.error();
    co_return std::string("removed");
  }
  if (words[0] == "join" && words.size() == 3) {
    JoinOptions options;
    options.as = words[2] == "learner" ? JoinAs::learner : JoinAs::voter;
    options.deadline = deadline();
    std::vector<std::string> seeds(1, words[1]);
    const auto joined = co_await node_.join(std::move(seeds), std::move(options));
    if (!joined) co_return joined.error();
    co_return std::string("joined");
  }
  co_return make_error(Errc::invalid_argument, words[0]);
}

asio::awaitable<Result<std::string>> BenchedNode::work(Words words) {
  if (words[0] == "clients" && words.size() == 6) {
    ClientLoad::Options options;
    options.clients = number(words[1]);
    options.bytes = number(words[3]);
    options.time = std::chrono::duration<double>(std::strtod(words[5].c_str(), nullptr));
    const auto ran = co_await load_.run(options);
    if (!ran) co_return ran.error();
    co_return "done " + load_.take_figures();
  }
  if (words[0] == "fill" && words.size() == 2) {
    const std::size_t megabytes = number(words[1]);
    const auto filled = co_await load_.fill(megabytes);
    if (!filled) co_return filled.error();
    co_return std::string("filled");
  }
  if (words[0] == "snapshot") {
    auto took = co_await take_snapshot();
    co_return took;
  }
  co_return make_error(Errc::invalid_argument, words[0]);
}

// The node may just be writing one because it thinks it time.
asio::awaitable<Result<std::string>> BenchedNode::take_snapshot() {
  while (true) {
    const auto begin = std::chrono::steady_clock::now();
    const auto taken = co_await node_.take_snapshot();
    if (taken) {
      const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
      co_return "snapshot seconds=" + std::to_string(time.count());
    }
    if (taken.error().code != Errc::change_in_progress) co_return taken.error();
    const TimePoint again = runtime_.now() + std::chrono::milliseconds(20);
    co_await runtime_.sleep_until(again);
  }
}

Arguments parse(int argc, char* argv[]) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--found") {
      arguments.found = true;
    } else if (i + 1 < argc && argument == "--id") {
      arguments.id = argv[++i];
    } else if (i + 1 < argc && argument == "--address") {
      arguments.address = argv[++i];
    } else if (i + 1 < argc && argument == "--data") {
      arguments.data = argv[++i];
    } else if (i + 1 < argc && argument == "--trailing") {
      arguments.trailing = number(argv[++i]);
    }
  }
  if (arguments.id.empty() || arguments.address.empty() || arguments.data.empty()) {
    std::fprintf(stderr,
                 "usage: consensus_bench_node --id NAME --address HOST:PORT --data FOLDER [--found] [--trailing N]\n");
    std::exit(2);
  }
  return arguments;
}

}  // namespace
}  // namespace consensus_bench

int main(int argc, char* argv[]) {
  const consensus_bench::Arguments arguments = consensus_bench::parse(argc, argv);
  std::filesystem::create_directories(arguments.data);
  boost::asio::io_context context(1);
  consensus_bench::BenchedNode node(context, arguments);
  boost::asio::co_spawn(context, node.live(), [&context](std::exception_ptr) { context.stop(); });
  context.run();
  return 0;
}
