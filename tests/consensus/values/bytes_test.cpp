// The binary forms' primitives: what is written is read back; what is cut or spoiled is a failure, never a wild read.
#include "bytes.hpp"

#include <limits>
#include <vector>

#include "catch.hpp"
#include "seeded.hpp"

namespace consensus {
namespace {

std::string number_of(std::uint64_t value) {
  ByteWriter writer;
  writer.number(value);
  return writer.take();
}

TEST_CASE("numbers of all sizes come back, small ones in few bytes") {
  Seeded seeded(1);
  for (int round = 0; round < 2000; ++round) {
    const std::uint64_t value = seeded.next() >> seeded.pick(64);
    const std::string bytes = number_of(value);
    ByteReader reader(bytes);
    CHECK(reader.number() == value);
    CHECK(reader.finished());
  }
  CHECK(number_of(0).size() == 1);
  CHECK(number_of(127).size() == 1);
  CHECK(number_of(128).size() == 2);
  CHECK(number_of(std::numeric_limits<std::uint64_t>::max()).size() == 10);
}

TEST_CASE("fixed numbers are little-endian") {
  ByteWriter writer;
  writer.u8(0xab);
  writer.u32(0x04030201U);
  writer.u64(0x0c0b0a0908070605U);
  CHECK(writer.size() == 13);
  const std::string bytes = writer.take();
  CHECK(bytes == "\xab\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c");
  ByteReader reader(bytes);
  CHECK(reader.u8() == 0xab);
  CHECK(reader.u32() == 0x04030201U);
  CHECK(reader.u64() == 0x0c0b0a0908070605U);
  CHECK(reader.finished());
}

TEST_CASE("a number of more than 64 bits is a failure") {
  for (const std::string& bytes : {std::string(9, '\xff') + '\x02', std::string(10, '\xff'), std::string(11, '\x80')}) {
    ByteReader reader(bytes);
    CHECK(reader.number() == 0);
    CHECK_FALSE(reader.ok());
    CHECK(reader.rest().empty());
  }
}

TEST_CASE("whatever is cut off, reading ends in a failure and gives nothing more") {
  ByteWriter writer;
  writer.u8(1);
  writer.text("some text");
  writer.u32(2);
  writer.number(300);
  writer.u64(3);
  const std::string whole = writer.take();
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    // A block of exactly this size, so that a sanitizer sees a read past its end.
    const std::vector<char> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    ByteReader reader(std::string_view(part.data(), part.size()));
    (void)reader.u8();
    (void)reader.text();
    (void)reader.u32();
    (void)reader.number();
    const std::uint64_t last = reader.u64();
    CHECK(reader.finished() == (size == whole.size()));
    if (size < whole.size()) {
      CHECK(last == 0);
      CHECK_FALSE(reader.ok());
      CHECK(reader.u8() == 0);
      CHECK(reader.text().empty());
    }
  }
}

TEST_CASE("a length beyond the end is a failure, also the largest one") {
  for (const std::uint64_t length : {std::uint64_t{4}, std::numeric_limits<std::uint64_t>::max()}) {
    const std::string bytes = number_of(length) + "abc";
    ByteReader reader(bytes);
    CHECK(reader.text().empty());
    CHECK_FALSE(reader.ok());
  }
}

TEST_CASE("a count is believed only as far as its things can be there") {
  const std::string bytes = number_of(3) + "abcdef";
  CHECK(ByteReader(bytes).count(2) == 3);
  CHECK(ByteReader(bytes).count(3) == 0);
  CHECK(ByteReader(number_of(1) + "x").count(0) == 1);
  ByteReader reader(bytes);
  (void)reader.count(3);
  CHECK_FALSE(reader.ok());
}

TEST_CASE("what is left over keeps a reader from being finished") {
  ByteReader reader("ab");
  (void)reader.u8();
  CHECK(reader.ok());
  CHECK_FALSE(reader.finished());
  CHECK(reader.rest() == "b");
}

}  // namespace
}  // namespace consensus
