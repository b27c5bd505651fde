// Dice and lists of deviations.
#include "simulator/noise.hpp"

#include <algorithm>

namespace consensus::simulator {
namespace {

std::uint64_t line_key(DeviationSubject subject, MemberNumber from, MemberNumber to) {
  return static_cast<std::uint64_t>(subject) << 32U | static_cast<std::uint64_t>(from) << 16U | to;
}

std::uint64_t key_of(const Deviation& deviation) {
  return mix(line_key(deviation.subject, deviation.from, deviation.to), deviation.number);
}

}  // namespace

Noise::Noise(const std::vector<Deviation>& deviations) : by_list_(true) {
  for (const Deviation& deviation : deviations) list_.emplace(key_of(deviation), deviation);
}

std::uint32_t Noise::count(DeviationSubject subject, MemberNumber from, MemberNumber to) {
  return ++counts_[line_key(subject, from, to)];
}

void Noise::listed(Deviation& like, std::vector<Deviation>& found) const {
  const auto [first, last] = list_.equal_range(key_of(like));
  for (auto at = first; at != last; ++at) {
    const Deviation& one = at->second;
    if (one.subject == like.subject && one.from == like.from && one.to == like.to && one.number == like.number) {
      found.push_back(one);
    }
  }
  // The order among equal keys is the library's affair.
  std::sort(found.begin(), found.end(), [](const Deviation& a, const Deviation& b) {
    return a.effect != b.effect ? a.effect < b.effect : a.duration < b.duration;
  });
}

MessageFate Noise::message(MemberNumber from, MemberNumber to) {
  MessageFate fate;
  if (stopped_) return fate;
  if (by_list_ && list_.empty()) return fate;
  Deviation deviation{.subject = DeviationSubject::message, .from = from, .to = to};
  deviation.number = count(deviation.subject, from, to);
  std::vector<Deviation> chosen;
  const auto choose = [&](DeviationEffect effect, Duration duration) {
    deviation.effect = effect;
    deviation.duration = duration;
    chosen.push_back(deviation);
  };
  if (by_list_) {
    listed(deviation, chosen);
  } else {
    const std::uint64_t dice = random_.next();
    if (dice % 1000 < rates_.drop) {
      choose(DeviationEffect::drop, {});
    } else {
      if (dice / 1'000'000 % 1000 < rates_.duplicate) choose(DeviationEffect::duplicate, below(rates_.longest_delay));
      if (dice / 1000 % 1000 < rates_.delay) choose(DeviationEffect::delay, below(rates_.longest_delay));
    }
  }
  for (const Deviation& one : chosen) {
    switch (one.effect) {
      case DeviationEffect::drop:
        fate.dropped = true;
        break;
      case DeviationEffect::delay:
        fate.delay = one.duration;
        break;
      case DeviationEffect::duplicate:
        fate.duplicate = one.duration;
        break;
    }
    happened_.push_back(one);
  }
  return fate;
}

Duration Noise::delay(DeviationSubject subject, MemberNumber node, unsigned chance, Duration longest) {
  if (stopped_ || (by_list_ && list_.empty())) return {};
  Deviation deviation{.subject = subject, .effect = DeviationEffect::delay, .from = node, .to = 0};
  deviation.number = count(subject, node, 0);
  std::vector<Deviation> chosen;
  if (by_list_) {
    listed(deviation, chosen);
  } else if (random_.chance(chance)) {
    deviation.duration = below(longest);
    chosen.push_back(deviation);
  }
  if (chosen.empty()) return {};
  happened_.push_back(chosen.front());
  return chosen.front().duration;
}

Duration Noise::write_delay(MemberNumber node) {
  return delay(DeviationSubject::write, node, rates_.slow_write, rates_.slowest_write);
}

Duration Noise::apply_delay(MemberNumber node) {
  return delay(DeviationSubject::apply, node, rates_.slow_apply, rates_.slowest_apply);
}

bool Noise::breaks_snapshot(MemberNumber from, MemberNumber to) {
  if (stopped_) return false;
  Deviation deviation{.subject = DeviationSubject::snapshot, .from = from, .to = to};
  deviation.number = count(deviation.subject, from, to);
  std::vector<Deviation> chosen;
  if (by_list_) {
    listed(deviation, chosen);
  } else if (random_.chance(rates_.break_snapshot)) {
    chosen.push_back(deviation);
  }
  happened_.insert(happened_.end(), chosen.begin(), chosen.end());
  return !chosen.empty();
}

}  // namespace consensus::simulator
