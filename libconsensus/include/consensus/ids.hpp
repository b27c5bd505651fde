// The small values Raft counts and names with: terms, log indexes, node ids, requests, and a clock that cannot be read.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <utility>

namespace consensus {

// A counter of one kind: terms do not mix with indexes. Zero means "none yet".
template <class Kind>
class Ordinal {
 public:
  constexpr Ordinal() noexcept = default;
  constexpr explicit Ordinal(std::uint64_t value) noexcept : value_(value) {}

  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }
  [[nodiscard]] constexpr bool is_zero() const noexcept { return value_ == 0; }
  [[nodiscard]] constexpr Ordinal next() const noexcept { return Ordinal(value_ + 1); }
  // Zero stays zero.
  [[nodiscard]] constexpr Ordinal previous() const noexcept { return Ordinal(value_ == 0 ? 0 : value_ - 1); }

  friend constexpr Ordinal operator+(Ordinal left, std::uint64_t steps) noexcept {
    return Ordinal(left.value_ + steps);
  }
  // How far `left` is ahead of `right`; zero when it is not.
  friend constexpr std::uint64_t distance(Ordinal right, Ordinal left) noexcept {
    return left.value_ > right.value_ ? left.value_ - right.value_ : 0;
  }
  friend constexpr auto operator<=>(Ordinal, Ordinal) noexcept = default;
  friend std::ostream& operator<<(std::ostream& out, Ordinal ordinal) { return out << ordinal.value_; }

 private:
  std::uint64_t value_ = 0;
};

using Term = Ordinal<struct TermKind>;
using Index = Ordinal<struct IndexKind>;        // the first entry of a log has index 1
using WriteId = Ordinal<struct WriteKind>;      // one storage write of one RaftCore
using RequestId = Ordinal<struct RequestKind>;  // chosen by the caller of RaftCore; comes back in its Completion

// Names a member for ever. A node that lost its data is another member and needs another id (the node layer appends
// the incarnation of its store to the configured name). Opaque to the core; compared as bytes.
class NodeId {
 public:
  NodeId() = default;
  explicit NodeId(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] bool empty() const noexcept { return name_.empty(); }

  friend auto operator<=>(const NodeId&, const NodeId&) noexcept = default;
  friend std::ostream& operator<<(std::ostream& out, const NodeId& id) { return out << id.name_; }

 private:
  std::string name_;
};

// A clock without now(): time comes in from outside, so that nothing in here can look at the machine's clock.
using Duration = std::chrono::nanoseconds;
struct VirtualClock {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<VirtualClock>;
  static constexpr bool is_steady = true;
};
using TimePoint = VirtualClock::time_point;

}  // namespace consensus

template <>
struct std::hash<consensus::NodeId> {
  std::size_t operator()(const consensus::NodeId& id) const noexcept { return std::hash<std::string>()(id.name()); }
};
