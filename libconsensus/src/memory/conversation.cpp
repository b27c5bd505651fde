// A connection for a snapshot or a request between two endpoints of an in-process network.
#include "memory/conversation.hpp"

namespace consensus::memory {

namespace asio = boost::asio;
using asio::awaitable;

awaitable<Result<void>> Conversation::open(wire::Purpose purpose, std::string address, NodeId member) {
  if (!self_->is_up()) co_return make_error(Errc::stopped, address);
  address_ = std::move(address);
  other_ = network_->node_at(address_);
  const NodeId there = other_ ? other_->self : NodeId(address_);
  auto going = pass(self_->self, there);
  auto gone = co_await std::move(going);
  if (!gone) co_return gone;
  if (!other_ || !other_->is_up()) co_return make_error(Errc::connection_failed, address_ + ": nobody is there");
  wire::Hello hello;
  hello.purpose = purpose;
  hello.group = self_->options.group;
  hello.from = self_->self;
  hello.address = self_->options.address;
  hello.to = std::move(member);
  const auto welcome = wire::answer(hello, other_->options.group, other_->self);
  auto coming = come_back();
  auto come = co_await std::move(coming);
  if (!come) co_return come;
  if (!welcome) co_return welcome.error();
  co_return Result<void>();
}

awaitable<Result<void>> Conversation::go_there() {
  auto passing = pass(self_->self, other_->self);
  auto passed = co_await std::move(passing);
  if (passed && !other_->is_up()) co_return broken();
  co_return passed;
}

awaitable<Result<void>> Conversation::come_back() {
  auto passing = pass(other_->self, self_->self);
  auto passed = co_await std::move(passing);
  co_return passed;
}

awaitable<Result<void>> Conversation::pause(Duration duration) {
  const auto awaited = std::make_shared<Awaited<void>>();
  const std::weak_ptr<Awaited<void>> weak = awaited;
  network_->after(duration, [weak] {
    if (const auto waiting = weak.lock()) waiting->set({});
  });
  auto waiting = wait_for<void>(*self_, awaited);
  auto waited = co_await std::move(waiting);
  co_return waited;
}

awaitable<Result<void>> Conversation::pass(NodeId from, NodeId to) {
  const Passage passage = network_->step(from, to);
  auto pausing = pause(passage.delay);
  auto paused = co_await std::move(pausing);
  if (!paused) co_return paused;
  if (!passage.arrives) co_return broken();
  co_return Result<void>();
}

Error Conversation::broken() const {
  return make_error(Errc::connection_failed, address_ + ": the connection broke");
}

}  // namespace consensus::memory
