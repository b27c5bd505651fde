// Reading of MariaDB GTID positions, and the algebra on what was read.
#include "fuzz.hpp"
#include "topology/mariadb_gtid.hpp"

int fuzz_mariadb_gtid(const std::uint8_t* data, std::size_t size) {
  using topology::MariadbGtidPosition;
  // Two positions, so that they can be compared.
  const auto text = fuzz::as_text(data, size);
  const auto middle = text.find(';');
  const auto left = MariadbGtidPosition::parse(text.substr(0, middle));
  const auto right = MariadbGtidPosition::parse(middle == text.npos ? "" : text.substr(middle + 1));
  if (!left || !right) {
    return 0;
  }
  FUZZ_CHECK(MariadbGtidPosition::parse(left->to_string()).value() == *left);
  const auto both = left->united(*right);
  FUZZ_CHECK(both.contains(*left) && both.contains(*right));
  FUZZ_CHECK(left->contains(left->intersected(*right)));
  FUZZ_CHECK(right->contains(*left) == left->subtracted(*right).empty());
  FUZZ_CHECK(left->subtracted(*right).count() <= left->count());
  return 0;
}
