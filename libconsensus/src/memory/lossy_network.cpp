// A network policy with random delays, losses and copies, and cuts.
#include <algorithm>

#include "consensus/memory_transport.hpp"

namespace consensus {

LossyNetwork::LossyNetwork(Runtime& random, LossyNetworkOptions given) : options(given), random_(random) {}

std::vector<TimePoint> LossyNetwork::message(const Message& message, TimePoint now) {
  const Way way{message.from, message.to};
  if (cuts_.contains(way) || happens(options.lost_per_million)) return {};
  std::vector<TimePoint> arrivals{now + random_delay()};
  if (happens(options.doubled_per_million)) arrivals.push_back(now + random_delay());
  if (options.order == LossyNetworkOptions::Order::free) return arrivals;
  TimePoint& last = last_arrival_[way];
  for (TimePoint& arrival : arrivals) {
    last = std::max(last, arrival);
    arrival = last;
  }
  return arrivals;
}

Passage LossyNetwork::step(const NodeId& from, const NodeId& to) {
  const bool breaks = cuts_.contains({from, to}) || happens(options.breaks_per_million);
  return breaks ? Passage{.arrives = false, .delay = options.break_delay} : Passage{.delay = random_delay()};
}

bool LossyNetwork::happens(std::uint32_t per_million) {
  return per_million > 0 && random_.random() % 1'000'000 < per_million;
}

Duration LossyNetwork::random_delay() {
  const auto spread =
      static_cast<std::uint64_t>(std::max(Duration::zero(), options.max_delay - options.min_delay).count());
  return options.min_delay + Duration(spread == 0 ? 0 : random_.random() % (spread + 1));
}

}  // namespace consensus
