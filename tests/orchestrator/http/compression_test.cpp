// Whether and how answers are compressed.
#include "http/compression.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "catch.hpp"
#include "gunzip.hpp"

using orchestrator::http::accepts_gzip;
using orchestrator::http::gzipped;
using orchestrator::http::Headers;

TEST_CASE("gzip is used only when the client accepts it") {
  const auto accepts = [](const char* value) {
    Headers headers;
    headers.add("Accept-Encoding", value);
    return accepts_gzip(headers);
  };
  CHECK(accepts("gzip"));
  CHECK(accepts("deflate, GZIP;q=0.5, br"));
  CHECK(accepts("*"));
  CHECK_FALSE(accepts(""));
  CHECK_FALSE(accepts("br"));
  CHECK_FALSE(accepts("gzip;q=0"));
  CHECK_FALSE(accepts("gzip; q=0.000"));
  CHECK_FALSE(accepts("x-gzip-not"));
  CHECK_FALSE(accepts_gzip(Headers{}));
}

TEST_CASE("what was compressed in pieces reads back as it was") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{65536}, std::size_t{1000003}}) {
    std::string text;
    for (std::size_t at = 0; at < size; ++at) {
      text += static_cast<char>('a' + at * at % 23);
    }
    boost::asio::io_context loop;
    auto packed = boost::asio::co_spawn(loop, gzipped(text), boost::asio::use_future);
    loop.run();
    CHECK(gunzip(packed.get().value()) == text);
  }
}
