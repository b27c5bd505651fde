// The stored form of configurations: it comes back the same; anything spoiled is refused as malformed.
#include "bytes.hpp"
#include "catch.hpp"
#include "consensus/configuration.hpp"

namespace consensus {
namespace {

Member member(const std::string& name) {
  return {NodeId(name), name + ".example:10008"};
}

Configuration joint() {
  Configuration configuration;
  configuration.voters = {member("b"), member("c")};
  configuration.outgoing = {member("a"), member("b")};
  configuration.learners = {member("d")};
  configuration.learners_next = {member("a")};
  configuration.auto_leave = true;
  return configuration;
}

void check_refused(const Configuration& configuration) {
  INFO(configuration.to_string());
  const Result<Configuration> read = decode_configuration(encode(configuration).view());
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().code == Errc::malformed);
}

TEST_CASE("a stored configuration comes back the same") {
  Configuration plain;
  plain.voters = {member("a")};
  for (const Configuration& configuration : {Configuration(), plain, joint()}) {
    CHECK(decode_configuration(encode(configuration).view()).value() == configuration);
  }
}

TEST_CASE("a configuration cut anywhere, or with something after it, is malformed") {
  const std::string whole(encode(joint()).view());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK(decode_configuration(std::string_view(whole).substr(0, size)).error().code == Errc::malformed);
  }
  CHECK(decode_configuration(whole + '\0').error().code == Errc::malformed);
}

TEST_CASE("a configuration of an unknown version is malformed") {
  std::string bytes(encode(joint()).view());
  bytes[0] = 2;
  CHECK(decode_configuration(bytes).error().code == Errc::malformed);
}

TEST_CASE("a flag that is neither set nor unset is malformed") {
  std::string bytes(encode(joint()).view());
  bytes.back() = 2;
  CHECK(decode_configuration(bytes).error().code == Errc::malformed);
}

TEST_CASE("a huge count of members is refused before memory is taken for it") {
  ByteWriter writer;
  writer.u8(1);
  writer.number(1'000'000'000'000);
  CHECK(decode_configuration(writer.take()).error().code == Errc::malformed);
}

TEST_CASE("configurations that no sequence of changes can lead to are malformed") {
  Configuration wrong = joint();
  std::swap(wrong.voters[0], wrong.voters[1]);
  check_refused(wrong);
  wrong = joint();
  wrong.voters[1] = wrong.voters[0];
  check_refused(wrong);
  wrong = joint();
  wrong.voters[0].id = NodeId("");
  check_refused(wrong);
  wrong = joint();
  wrong.learners = {member("a")};  // votes in the outgoing half
  check_refused(wrong);
  wrong = joint();
  wrong.learners_next = {member("d")};  // never was a voter
  check_refused(wrong);
  wrong = joint();
  wrong.learners_next = {member("b")};  // stays a voter
  check_refused(wrong);
  wrong = joint();
  wrong.voters.clear();
  check_refused(wrong);
  wrong = joint();
  wrong.outgoing.clear();  // nothing to leave
  check_refused(wrong);
  wrong = Configuration();
  wrong.learners = {member("a")};
  check_refused(wrong);
}

}  // namespace
}  // namespace consensus
