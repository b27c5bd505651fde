// Delta debugging of scenarios.
#include "consensus/simulator/shrink.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace consensus::simulator {
namespace {

class Shrinking {
 public:
  Shrinking(Scenario scenario, const Failure& failure, const ScenarioRunner& run, std::size_t budget)
      : best_(std::move(scenario)), failure_(failure), run_(run), left_(budget) {}

  Scenario run() {
    std::size_t before = 0;
    do {
      before = size();
      drop_deviation_kinds();
      drop_action_kinds();
      drop_pieces(&Scenario::actions);
      drop_pieces(&Scenario::deviations);
      shorten();
      simplify_setup();
    } while (size() < before && left_ > 0);
    return std::move(best_);
  }

 private:
  [[nodiscard]] std::size_t size() const noexcept { return best_.actions.size() + best_.deviations.size(); }

  // Takes the candidate if it still fails.
  bool take(Scenario candidate) {
    if (left_ == 0) return false;
    --left_;
    const auto failure = run_(candidate);
    if (!failure || !is_same_failure(*failure, failure_)) return false;
    candidate.comments = {failure->text};
    best_ = std::move(candidate);
    return true;
  }

  template <class Unwanted>
  void drop_deviations(Unwanted unwanted) {
    Scenario candidate = best_;
    if (std::erase_if(candidate.deviations, unwanted) > 0) take(std::move(candidate));
  }

  void drop_deviation_kinds() {
    drop_deviations([](const Deviation&) { return true; });
    for (const auto effect : {DeviationEffect::drop, DeviationEffect::duplicate, DeviationEffect::delay}) {
      drop_deviations([&](const Deviation& one) { return one.effect == effect; });
    }
    for (const auto subject :
         {DeviationSubject::message, DeviationSubject::write, DeviationSubject::apply, DeviationSubject::snapshot}) {
      drop_deviations([&](const Deviation& one) { return one.subject == subject; });
    }
  }

  void drop_action_kinds() {
    for (std::size_t kind = 0; kind < action_kinds; ++kind) {
      Scenario candidate = best_;
      const auto is_kind = [&](const Action& action) { return action.kind == static_cast<ActionKind>(kind); };
      if (std::erase_if(candidate.actions, is_kind) > 0) take(std::move(candidate));
    }
  }

  // From the end, because what comes after the failure goes at once.
  template <class Piece>
  void drop_pieces(std::vector<Piece> Scenario::* list) {
    for (std::size_t piece = (best_.*list).size(); piece > 0 && left_ > 0; piece /= 2) {
      std::size_t end = (best_.*list).size();
      while (end > 0 && left_ > 0) {
        const std::size_t begin = end > piece ? end - piece : 0;
        Scenario candidate = best_;
        auto& kept = candidate.*list;
        kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(begin), kept.begin() + static_cast<std::ptrdiff_t>(end));
        take(std::move(candidate));
        end = begin;
      }
    }
  }

  void shorten() {
    for (int part = 2; part <= 16; part *= 2) {
      Scenario candidate = best_;
      candidate.setup.length -= candidate.setup.length / part;
      take(std::move(candidate));
    }
  }

  void simplify_setup() {
    const Setup usual;
    for (const auto member : {&Setup::network_latency, &Setup::write_latency, &Setup::apply_latency,
                              &Setup::snapshot_latency, &Setup::step_duration, &Setup::client_timeout}) {
      if (best_.setup.*member == usual.*member) continue;
      Scenario candidate = best_;
      candidate.setup.*member = usual.*member;
      take(std::move(candidate));
    }
    if (best_.setup.stays_down != 0) {
      Scenario candidate = best_;
      candidate.setup.stays_down = 0;
      take(std::move(candidate));
    }
    while (best_.setup.voters > 1) {
      Scenario candidate = best_;
      --candidate.setup.voters;
      if (!take(std::move(candidate))) break;
    }
  }

  Scenario best_;
  Failure failure_;
  const ScenarioRunner& run_;
  std::size_t left_;
};

}  // namespace

bool is_same_failure(const Failure& left, const Failure& right) {
  return left.kind == right.kind && (left.kind != "abort" || left.text == right.text);
}

Scenario shrink(Scenario scenario, const Failure& failure, const ScenarioRunner& run, ShrinkOptions options) {
  return Shrinking(std::move(scenario), failure, run, options.most_runs).run();
}

}  // namespace consensus::simulator
