// Reading of MySQL GTID sets, and the algebra on what was read.
#include "fuzz.hpp"
#include "topology/mysql_gtid_set.hpp"

int fuzz_mysql_gtid_set(const std::uint8_t* data, std::size_t size) {
  using topology::MysqlGtidSet;
  // Two sets, so that they can be compared.
  const auto text = fuzz::as_text(data, size);
  const auto middle = text.find(';');
  const auto left = MysqlGtidSet::parse(text.substr(0, middle));
  const auto right = MysqlGtidSet::parse(middle == text.npos ? "" : text.substr(middle + 1));
  if (!left || !right) {
    return 0;
  }
  FUZZ_CHECK(MysqlGtidSet::parse(left->to_string()).value() == *left);
  const auto both = left->united(*right);
  const auto common = left->intersected(*right);
  const auto rest = left->subtracted(*right);
  FUZZ_CHECK(both.contains(*left) && both.contains(*right));
  FUZZ_CHECK(both == right->united(*left));
  FUZZ_CHECK(left->contains(common) && right->contains(common));
  FUZZ_CHECK(left->intersects(*right) == !common.empty());
  FUZZ_CHECK(!rest.intersects(*right));
  FUZZ_CHECK(rest.united(common) == *left);
  FUZZ_CHECK(right->contains(*left) == rest.empty());
  FUZZ_CHECK(both.count() >= left->count());
  return 0;
}
