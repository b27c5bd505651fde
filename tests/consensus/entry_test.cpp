// Entries: checksums against published values, chains that tell histories apart.
#include "consensus/entry.hpp"

#include "catch.hpp"

namespace consensus {
namespace {

TEST_CASE("CRC-32C gives the published check values") {
  CHECK(crc32c("123456789") == 0xe3069283U);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aaU);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43U);
  CHECK(crc32c("") == 0U);
}

TEST_CASE("CRC-32C of parts continues to that of the whole") {
  const std::string whole = "a rather long text that does not end at a multiple of eight";
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    CHECK(crc32c(whole.substr(cut), crc32c(whole.substr(0, cut))) == crc32c(whole));
  }
}

TEST_CASE("CRC-32C of a long text is that of its short parts") {
  std::string whole;
  for (std::uint32_t i = 0; whole.size() < 20'000; ++i) whole += static_cast<char>(i * i >> 3U);
  for (const std::size_t size : {3071U, 3072U, 3073U, 6144U, 9999U, 20'000U}) {
    std::uint32_t by_parts = 0;
    for (std::size_t at = 0; at < size; ++at) by_parts = crc32c(std::string_view(whole).substr(at, 1), by_parts);
    CHECK(crc32c(std::string_view(whole).substr(0, size)) == by_parts);
  }
}

TEST_CASE("an entry follows only the position it was made after") {
  const Entry first = make_entry({}, Term(1), EntryKind::command, Payload("one"));
  const Entry second = make_entry(first.position(), Term(1), EntryKind::command, Payload("two"));
  const Entry other = make_entry({}, Term(1), EntryKind::command, Payload("uno"));
  CHECK(first.index == Index(1));
  CHECK(follows(first, {}));
  CHECK(follows(second, first.position()));
  CHECK_FALSE(follows(second, other.position()));
  CHECK_FALSE(follows(second, {}));

  Entry spoiled = second;
  spoiled.payload = Payload("twq");
  CHECK_FALSE(follows(spoiled, first.position()));
  spoiled = second;
  spoiled.kind = EntryKind::configuration;
  CHECK_FALSE(follows(spoiled, first.position()));
}

}  // namespace
}  // namespace consensus
