// The history checker itself, on histories that are known to be right or wrong.
#include "consensus/simulator/linearizability.hpp"

#include "catch.hpp"
#include "consensus/simulator/models.hpp"

namespace {

using namespace consensus::simulator;
using Registers = std::vector<Operation<RegisterModel>>;
using Lists = std::vector<Operation<ListModel>>;
using Kind = RegisterModel::Kind;

Operation<RegisterModel> write(std::uint64_t called, std::uint64_t returned, std::uint64_t value) {
  return {called, returned, {Kind::write, value, 0}, {}};
}
Operation<RegisterModel> write_unknown(std::uint64_t called, std::uint64_t value) {
  return {called, std::nullopt, {Kind::write, value, 0}, {}};
}
Operation<RegisterModel> read(std::uint64_t called, std::uint64_t returned, std::uint64_t value) {
  return {called, returned, {Kind::read, 0, 0}, {value}};
}
Operation<RegisterModel> cas(std::uint64_t called, std::uint64_t returned, std::uint64_t expected, std::uint64_t value,
                             std::uint64_t done) {
  return {called, returned, {Kind::compare_and_set, value, expected}, {done}};
}
Operation<ListModel> append(std::uint64_t called, std::uint64_t returned, std::uint64_t value) {
  return {called, returned, {ListModel::Kind::append, value}, {}};
}
Operation<ListModel> list(std::uint64_t called, std::uint64_t returned, std::vector<std::uint64_t> values) {
  return {called, returned, {ListModel::Kind::read, 0}, {std::move(values)}};
}

Linearizability judge(const Registers& history) {
  return check_linearizable<RegisterModel>(history).result;
}
Linearizability judge(const Lists& history) {
  return check_linearizable<ListModel>(history).result;
}

constexpr auto yes = Linearizability::yes;
constexpr auto no = Linearizability::no;

// Clients on an atomic register with random overlaps; `spoil` makes one read return a value from before the last write.
Registers random_history(std::uint64_t seed, bool spoil) {
  Random random(seed);
  Registers history;
  std::uint64_t value = 0;
  std::uint64_t older = 0;
  std::uint64_t moment = 100;
  for (std::uint64_t number = 1; number <= 60; ++number) {
    moment += 10;
    const std::uint64_t called = moment - random.below(40);  // the effect is at `moment`
    const std::uint64_t returned = moment + 1 + random.below(40);
    if (random.chance(500)) {
      value = number;
      if (random.chance(150)) {
        history.push_back(write_unknown(called, number));
      } else {
        older = number;  // it has happened once, and cannot happen again later
        history.push_back(write(called, returned, number));
      }
    } else {
      history.push_back(read(called, returned, value));
    }
  }
  if (spoil) {
    history.push_back(write(moment + 100, moment + 101, 1000));
    history.push_back(read(moment + 102, moment + 103, older));
  }
  return history;
}

}  // namespace

TEST_CASE("an empty history and operations one after the other are linearizable") {
  CHECK(judge(Registers{}) == yes);
  CHECK(judge(Registers{read(1, 2, 0), write(3, 4, 5), read(5, 6, 5)}) == yes);
}

TEST_CASE("a read that misses a finished write is found") {
  CHECK(judge(Registers{write(1, 2, 5), read(3, 4, 0)}) == no);
}

TEST_CASE("a read of a value that nobody wrote is found") {
  CHECK(judge(Registers{write(1, 2, 5), read(3, 4, 6)}) == no);
}

TEST_CASE("a read beside a write may see either value, but not first the new one and then the old one") {
  CHECK(judge(Registers{write(1, 10, 5), read(2, 3, 0), read(4, 5, 5)}) == yes);
  CHECK(judge(Registers{write(1, 10, 5), read(2, 3, 5), read(4, 5, 0)}) == no);
  CHECK(judge(Registers{write(1, 10, 5), read(2, 6, 5), read(4, 8, 0)}) == yes);
}

TEST_CASE("a write with an unknown outcome may take effect late, once, or never") {
  CHECK(judge(Registers{write_unknown(1, 5), read(2, 3, 0), read(4, 5, 0)}) == yes);
  CHECK(judge(Registers{write_unknown(1, 5), read(2, 3, 0), read(4, 5, 5)}) == yes);
  CHECK(judge(Registers{write_unknown(1, 5), read(2, 3, 5), write(4, 5, 6), read(6, 7, 5)}) == no);
  CHECK(judge(Registers{read(1, 2, 5), write_unknown(3, 5)}) == no);
}

TEST_CASE("two compare-and-sets cannot both win the same value") {
  CHECK(judge(Registers{write(1, 2, 1), cas(3, 6, 1, 2, 1), cas(4, 5, 1, 3, 0)}) == yes);
  CHECK(judge(Registers{write(1, 2, 1), cas(3, 6, 1, 2, 1), cas(4, 5, 1, 3, 1)}) == no);
  CHECK(judge(Registers{write(1, 2, 1), cas(3, 6, 1, 2, 1), cas(4, 5, 2, 3, 1), read(7, 8, 3)}) == yes);
}

TEST_CASE("the verdict names the operation that no order explains") {
  const Registers history{write(1, 2, 5), read(3, 4, 5), read(5, 6, 7), read(7, 8, 5)};
  const HistoryVerdict verdict = check_linearizable<RegisterModel>(history);
  CHECK(verdict.result == no);
  CHECK(verdict.stuck_at == 2);
}

TEST_CASE("a list shows what was lost, doubled or swapped") {
  CHECK(judge(Lists{append(1, 2, 1), append(3, 4, 2), list(5, 6, {1, 2})}) == yes);
  CHECK(judge(Lists{append(1, 4, 1), append(2, 3, 2), list(5, 6, {2, 1})}) == yes);
  CHECK(judge(Lists{append(1, 2, 1), append(3, 4, 2), list(5, 6, {2})}) == no);
  CHECK(judge(Lists{append(1, 2, 1), append(3, 4, 2), list(5, 6, {2, 1})}) == no);
  CHECK(judge(Lists{append(1, 2, 1), list(3, 4, {1, 1})}) == no);
}

TEST_CASE("keys are checked one by one") {
  History<RegisterModel> history;
  history.add("a", write(1, 2, 5));
  history.add("b", read(3, 4, 0));
  CHECK(history.check().result == yes);
  history.add("a", read(5, 6, 0));
  const HistoryVerdict verdict = history.check();
  CHECK(verdict.result == no);
  CHECK(verdict.key == "a");
}

TEST_CASE("histories of an atomic register are accepted, and one stale read at the end is found") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    REQUIRE(judge(random_history(seed, false)) == yes);
    REQUIRE(judge(random_history(seed, true)) == no);
  }
}

TEST_CASE("a search that would take too long is given up") {
  Registers history;
  for (std::uint64_t number = 1; number <= 40; ++number) history.push_back(write_unknown(number, number));
  history.push_back(read(100, 101, 1000));
  CHECK(check_linearizable<RegisterModel>(history, 10'000).result == Linearizability::undecided);
}
