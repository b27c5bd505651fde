// A MariaDB GTID position: the last transaction of each replication domain.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "topology/error.hpp"

namespace topology {

struct MariadbGtid {
  std::uint32_t domain = 0;
  std::uint32_t server_id = 0;
  std::uint64_t sequence = 0;

  // "domain-server-sequence".
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const MariadbGtid&, const MariadbGtid&) = default;
};

// A value: at most one GTID per (domain, server) pair, as @@gtid_binlog_state may hold; @@gtid_current_pos and
// @@gtid_slave_pos hold one per domain. A position stands for all transactions of a domain up to its sequence number,
// since MariaDB keeps sequence numbers growing within a domain. Source: MariaDB Knowledge Base, "Global Transaction
// ID".
class MariadbGtidPosition {
 public:
  MariadbGtidPosition() = default;

  // Reads "0-1-100,1-2-5", with blanks around the GTIDs; the empty text is the empty position; of two GTIDs of one
  // (domain, server) pair the newer counts. Errors: Errc::parse_error naming the offset.
  [[nodiscard]] static Result<MariadbGtidPosition> parse(std::string_view text);

  // Sorted by domain, then server id.
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] bool empty() const noexcept { return gtids_.empty(); }
  // The GTID of a domain with the largest sequence number.
  [[nodiscard]] std::optional<MariadbGtid> domain(std::uint32_t domain) const;
  // Sum of the sequence numbers of the newest GTIDs: how many transactions the position stands for at most;
  // saturates at the largest uint64.
  [[nodiscard]] std::uint64_t count() const noexcept;
  // True when every domain of other is here with at least its sequence number. The server ids play no part.
  [[nodiscard]] bool contains(const MariadbGtidPosition& other) const;
  // One GTID per domain: the newer of both / the older where both have the domain / the own newest where other does not
  // reach it. Between equal sequence numbers the own GTID is taken.
  [[nodiscard]] MariadbGtidPosition united(const MariadbGtidPosition& other) const;
  [[nodiscard]] MariadbGtidPosition intersected(const MariadbGtidPosition& other) const;
  [[nodiscard]] MariadbGtidPosition subtracted(const MariadbGtidPosition& other) const;

  // Keeps the newer sequence number of the GTID's (domain, server) pair.
  void add(const MariadbGtid& gtid);

  friend bool operator==(const MariadbGtidPosition&, const MariadbGtidPosition&) = default;

 private:
  // The newest GTID of each domain, by domain.
  [[nodiscard]] std::map<std::uint32_t, MariadbGtid> newest() const;

  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> gtids_;  // (domain, server id) -> sequence
};

}  // namespace topology
