// Tests a state machine of one's own in the simulator: thousands of crashes, lost messages and snapshots in a second.
//
//   simulate_state_machine [forgetful]     forgetful: with a mistake that the simulator finds
//
// The state machine is a small bank. Money moves between accounts, and none may appear or vanish.
#include <array>
#include <charconv>
#include <consensus/simulator/simulation.hpp>
#include <iostream>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace {

using consensus::Command;
using consensus::Index;
using consensus::Result;

constexpr std::size_t accounts = 10;
constexpr int opening_balance = 100;

// The whole state as text: "100 100 …"; also what a snapshot consists of.
struct Bank {
  std::array<int, accounts> balances;
  int transfers = 0;

  Bank() { balances.fill(opening_balance); }
  int total() const { return std::accumulate(balances.begin(), balances.end(), 0); }
};

std::vector<int> numbers_in(std::string_view text) {
  std::vector<int> numbers;
  const char* at = text.data();
  for (int number = 0; at < text.data() + text.size(); numbers.push_back(number)) {
    at = std::from_chars(at, text.data() + text.size(), number).ptr + 1;
  }
  return numbers;
}

class WholeText final : public consensus::SnapshotSource {
 public:
  explicit WholeText(std::string text) : text_(std::move(text)) {}
  Result<std::string> read() override { return std::exchange(text_, {}); }

 private:
  std::string text_;
};

class BankMachine final : public consensus::StateMachine {
 public:
  explicit BankMachine(bool forgetful) : forgetful_(forgetful) {}

  Result<Index> applied() override { return applied_; }

  // A command is "from to amount"; the answer is whether there was enough.
  Result<std::vector<std::string>> apply(std::span<const Command> commands, Index through) override {
    std::vector<std::string> answers;
    for (const Command& command : commands) {
      const std::vector<int> numbers = numbers_in(command.bytes);
      int& from = bank_.balances[static_cast<std::size_t>(numbers[0])];
      const bool enough = from >= numbers[2];
      if (enough) {
        from -= numbers[2];
        bank_.balances[static_cast<std::size_t>(numbers[1])] += numbers[2];
        ++bank_.transfers;
      }
      answers.push_back((enough ? "done, number " : "refused, after ") + std::to_string(bank_.transfers));
    }
    applied_ = through;
    return answers;
  }

  Result<std::unique_ptr<consensus::SnapshotSource>> take_snapshot() override {
    std::string text;
    for (const int balance : bank_.balances) text += std::to_string(balance) + ' ';
    if (!forgetful_) text += std::to_string(bank_.transfers);
    return std::make_unique<WholeText>(std::move(text));
  }

  Result<std::unique_ptr<consensus::SnapshotSink>> restore_snapshot(Index index) override {
    return std::make_unique<Sink>(*this, index);
  }

  const Bank& bank() const { return bank_; }

 private:
  class Sink final : public consensus::SnapshotSink {
   public:
    Sink(BankMachine& machine, Index index) : machine_(machine), index_(index) {}
    Result<void> write(std::string_view piece) override {
      text_ += piece;
      return {};
    }
    Result<void> finish() override {
      const std::vector<int> numbers = numbers_in(text_);
      std::copy_n(numbers.begin(), accounts, machine_.bank_.balances.begin());
      machine_.bank_.transfers = numbers.size() > accounts ? numbers[accounts] : 0;
      machine_.applied_ = index_;
      return {};
    }

   private:
    BankMachine& machine_;
    Index index_;
    std::string text_;
  };

  bool forgetful_;
  Bank bank_;
  Index applied_;
};

// What the simulator needs to know about the bank and its clients.
class BankSubject final : public consensus::simulator::Subject {
 public:
  explicit BankSubject(bool forgetful) : forgetful_(forgetful) {}

  std::unique_ptr<consensus::StateMachine> make_state_machine() override {
    return std::make_unique<BankMachine>(forgetful_);
  }

  consensus::simulator::Request make_request(std::uint64_t, consensus::simulator::Random& random) override {
    using consensus::simulator::RequestKind;
    if (random.chance(200)) return {RequestKind::quorum_read, "total"};
    const std::string from = std::to_string(random.below(accounts));
    const std::string to = std::to_string(random.below(accounts));
    return {RequestKind::command, from + ' ' + to + ' ' + std::to_string(random.between(1, 60))};
  }

  std::string read(consensus::StateMachine& machine, std::string_view) override {
    return std::to_string(static_cast<BankMachine&>(machine).bank().total());
  }

  // Called whenever a member has applied something.
  std::optional<std::string> check(consensus::StateMachine& machine) override {
    const int total = static_cast<BankMachine&>(machine).bank().total();
    if (total == static_cast<int>(accounts) * opening_balance) return std::nullopt;
    return "the accounts hold " + std::to_string(total);
  }

 private:
  bool forgetful_;
};

}  // namespace

int main(int argc, char* argv[]) {
  const bool forgetful = argc > 1 && std::string_view(argv[1]) == "forgetful";
  consensus::simulator::Statistics sum;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const auto plan = consensus::simulator::make_plan("chaos", seed);
    const auto report = consensus::simulator::simulate(*plan, [&] { return std::make_unique<BankSubject>(forgetful); });
    if (report.failure) {
      std::cout << "seed " << seed << ": " << report.failure->text << '\n';
      return 1;
    }
    sum += report.statistics;
  }
  std::cout << sum.answered << " requests in " << sum.crashes << " crashes, " << sum.snapshots_installed
            << " snapshots sent: no money was lost\n";
  return 0;
}
