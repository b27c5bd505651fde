// What clients do when they get no answer, or a refusal.
#include "node_simulator/clients.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <utility>

#include "node_simulator/world.hpp"

namespace consensus::simulator {
namespace {

using boost::asio::awaitable;

constexpr Duration pause_after_failure = std::chrono::milliseconds(15);
constexpr Duration probe_patience = std::chrono::seconds(20);

struct Ask {
  std::uint64_t number = 0;
  Request request;
  TimePoint deadline;  // by the clock of the process
};

awaitable<Result<std::string>> propose(NodeWorld& world, Process& process, Ask ask) {
  ProposeOptions options;
  options.deadline = ask.deadline;
  options.idempotency_key = "request " + std::to_string(ask.number);
  auto proposing = world.layers.propose
                       ? world.layers.propose(process.node, std::move(ask.request.bytes), std::move(options))
                       : process.node.propose(std::move(ask.request.bytes), std::move(options));
  Result<Applied> applied = co_await std::move(proposing);
  if (!applied) co_return applied.error();
  co_return std::move(applied->answer);
}

awaitable<Result<std::string>> read(NodeWorld& world, Process& process, Ask ask) {
  const ReadMode mode = ask.request.kind == RequestKind::lease_read ? ReadMode::lease : ReadMode::quorum;
  auto reading = world.layers.read_barrier ? world.layers.read_barrier(process.node, mode, ask.deadline)
                                           : process.node.read_barrier(mode, ask.deadline);
  const Result<Index> readable = co_await std::move(reading);
  if (!readable) co_return readable.error();
  co_return world.subject->read(process.machine.inner(), ask.request.bytes);
}

}  // namespace

NodeClients::NodeClients(NodeWorld& world)
    : world_(world), random_(mix(world.plan.seed, 0x636c69)), clients_(world.plan.clients) {}

void NodeClients::begin() {
  for (std::size_t client = 0; client < clients_.size(); ++client) issue(client);
}

bool NodeClients::is_idle() const {
  return std::all_of(clients_.begin(), clients_.end(), [](const Client& client) { return client.number == 0; });
}

void NodeClients::issue(std::size_t client) {
  if (ended_ || world_.has_failed()) return;
  Client& one = clients_[client];
  one = Client{.number = ++numbers_, .request = {}, .give_up = world_.time.now() + world_.plan.request_patience};
  Random dice(mix(world_.plan.seed, one.number, 7));
  one.request = world_.subject->make_request(one.number, dice);
  ++world_.statistics.requests;
  world_.subject->called(one.number, ++moment_, one.request);
  attempt(client);
}

void NodeClients::probe(Host& host) {
  const std::size_t client = clients_.size();
  clients_.push_back({.number = ++numbers_, .request = {}, .give_up = world_.time.now() + probe_patience});
  Client& one = clients_.back();
  one.only = host.number();
  for (std::uint64_t dice = 0; dice == 0 || one.request.kind != RequestKind::command; ++dice) {
    Random random(mix(world_.plan.seed, one.number, dice));
    one.request = world_.subject->make_request(one.number, random);
  }
  world_.subject->called(one.number, ++moment_, one.request);
  attempt(client);
}

Host* NodeClients::choose_host(const Client& client) {
  std::vector<Host*> serving;
  for (const auto& host : world_.hosts()) {
    if (host->is_serving() && (client.only == 0 || client.only == host->number())) serving.push_back(host.get());
  }
  return serving.empty() ? nullptr : random_.pick(serving);
}

void NodeClients::attempt(std::size_t client) {
  Client& one = clients_[client];
  Host* const host = choose_host(one);
  if (host == nullptr) return try_again(client, pause_after_failure);
  Process& process = *host->process();
  one.attempt = ++attempts_;
  ++one.attempts;
  one.asked = &process;
  const std::uint64_t attempt = one.attempt;
  const Duration patience = one.only != 0 ? 2 * world_.plan.client_timeout : world_.plan.client_timeout;
  Ask ask{one.number, one.request, process.runtime.now() + patience};
  // A process that stands still says nothing.
  world_.time.at(world_.time.now() + 2 * patience, [this, client, attempt] {
    answered(client, attempt, make_error(Errc::outcome_unknown, "no answer"));
  });
  ++process.calls;
  auto on_end = [this, client, attempt, &process](const std::exception_ptr& thrown, Result<std::string> answer) {
    --process.calls;
    if (thrown) world_.fail("exception", "a call of a node has thrown");
    answered(client, attempt, answer);
  };
  auto call = one.request.kind == RequestKind::command ? propose(world_, process, std::move(ask))
                                                       : read(world_, process, std::move(ask));
  boost::asio::co_spawn(process.runtime.executor(), std::move(call), on_end);
}

void NodeClients::lost(const Process& process) {
  for (std::size_t client = 0; client < clients_.size(); ++client) {
    if (clients_[client].asked != &process) continue;
    answered(client, clients_[client].attempt, make_error(Errc::outcome_unknown, "the connection broke"));
  }
}

void NodeClients::answered(std::size_t client, std::uint64_t attempt, const Result<std::string>& answer) {
  Client& one = clients_[client];
  if (one.attempt != attempt || one.asked == nullptr) return;
  one.asked = nullptr;
  world_.note(
      mix(one.number, attempt, answer ? crc32c(*answer) : static_cast<std::uint64_t>(answer.error().code.value())));
  if (answer) {
    ++world_.statistics.answered;
    if (one.only != 0) ++probes_answered_;
    world_.subject->returned(one.number, ++moment_, *answer);
    return finish(client);
  }
  if (one.only != 0) {
    world_.trace(world_.host(one.only),
                 "has not served request " + std::to_string(one.number) + ": " + answer.error().message());
  }
  const bool harmless =
      is_retryable(answer.error()) || answer.error().code == Errc::stopped || answer.error().code == Errc::not_member;
  if (!harmless) one.uncertain = true;
  try_again(client, pause_after_failure);
}

void NodeClients::try_again(std::size_t client, Duration pause) {
  Client& one = clients_[client];
  if (world_.time.now() >= one.give_up) {
    const bool is_command = one.request.kind == RequestKind::command;
    if (!one.uncertain || !is_command) {
      world_.subject->failed(one.number);
    } else {
      ++world_.statistics.unknown;
    }
    return finish(client);
  }
  const std::uint64_t number = one.number;
  world_.time.at(world_.time.now() + pause, [this, client, number] {
    if (clients_[client].number == number) attempt(client);
  });
}

void NodeClients::finish(std::size_t client) {
  clients_[client].number = 0;
  clients_[client].asked = nullptr;
  if (clients_[client].only != 0 || ended_) return;
  const auto most = static_cast<std::uint64_t>(world_.plan.think_time.count());
  const Duration pause(static_cast<Duration::rep>(random_.below(2 * most + 1)));
  world_.time.at(world_.time.now() + pause, [this, client] { issue(client); });
}

}  // namespace consensus::simulator
