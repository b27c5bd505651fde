// Reading of version texts, which never fails.
#include "fuzz.hpp"
#include "topology/server_version.hpp"

int fuzz_server_version(const std::uint8_t* data, std::size_t size) {
  // The version and, after a newline, its comment.
  const auto text = fuzz::as_text(data, size);
  const auto middle = text.find('\n');
  const auto comment = middle == text.npos ? "" : text.substr(middle + 1);
  const auto version = topology::parse_server_version(text.substr(0, middle), comment);
  FUZZ_CHECK(version.text == text.substr(0, middle));
  FUZZ_CHECK(!version.has_binary_log_status() || version.has_replica_words());
  FUZZ_CHECK(!version.is_mariadb() || !version.has_mysql_gtid());
  (void)version.major_version();
  (void)version.is_ndb_cluster();
  return 0;
}
