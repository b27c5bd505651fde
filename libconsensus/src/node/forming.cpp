// How blank nodes that only know where all of them are make one group, and never two.
#include <algorithm>
#include <utility>

#include "node/running.hpp"

namespace consensus {
namespace {

constexpr Duration question_patience = std::chrono::seconds(1);
constexpr Duration retry_pause = std::chrono::milliseconds(100);

}  // namespace

// Only the first of the list founds, and only while it sees a majority of the list that has no group: one that has lost
// its data and sees nobody, or only others without a group, would otherwise found a second group beside the first.
boost::asio::awaitable<Result<void>> Node::Running::form(std::vector<std::string> nodes, JoinOptions options) {
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  if (!std::binary_search(nodes.begin(), nodes.end(), options_.address)) {
    co_return make_error(Errc::invalid_argument, options_.address + " is not among the nodes that form the group");
  }
  while (active() && blank_) {
    Census census = co_await count(nodes);
    if (!active()) break;
    if (!census.members.empty()) {
      Result<void> joined = co_await join(std::move(census.members), options);
      co_return joined;
    }
    if (nodes.front() == options_.address && 2 * census.blank > nodes.size()) {
      Result<void> founded = co_await bootstrap();
      co_return founded;
    }
    if (now() >= options.deadline) {
      co_return make_error(Errc::timeout, std::to_string(census.blank) + " of " + std::to_string(nodes.size()) +
                                              " nodes are there, none of them in a group; " + nodes.front() +
                                              " founds it once it sees a majority");
    }
    const TimePoint next = std::min(options.deadline, now() + retry_pause);
    co_await ports_.runtime.sleep_until(next);
  }
  if (!active()) co_return make_error(Errc::stopped, options_.name);
  co_return Result<void>();
}

boost::asio::awaitable<Node::Running::Census> Node::Running::count(std::vector<std::string> nodes) {
  Census census;
  for (const std::string& address : nodes) {
    if (!active()) break;
    if (address == options_.address) {
      ++census.blank;
      continue;
    }
    NodeRequest request;
    request.patience = question_patience;
    request.body = MembershipQuestion{};
    std::string to = address;
    std::string bytes = encode(request);
    const Result<std::string> answer =
        co_await ports_.transport.request(std::move(to), std::move(bytes), question_patience);
    if (!answer) continue;
    const Result<bool> member = decode_membership(*answer);
    if (!member) continue;
    if (*member) {
      census.members.push_back(address);
    } else {
      ++census.blank;
    }
  }
  co_return census;
}

}  // namespace consensus
