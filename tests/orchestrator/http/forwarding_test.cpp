// Which fields pass from the client to the leader, and back.
#include "http/forwarding.hpp"

#include <string>

#include "catch.hpp"

using namespace orchestrator::http;

namespace {

std::string text_of(const Headers& headers) {
  std::string text;
  for (const auto& [name, value] : headers.all()) {
    text += name + ": " + value + "\n";
  }
  return text;
}

Request request_of(std::initializer_list<Header> fields, std::string peer = "192.0.2.1:51234") {
  Request request;
  request.peer.address = std::move(peer);
  for (const auto& [name, value] : fields) {
    request.headers.add(name, value);
  }
  return request;
}

}  // namespace

TEST_CASE("the client's fields go on to the leader, credentials and cookies among them") {
  const auto request = request_of({{"Authorization", "Basic dXNlcjpzZWNyZXQ="},
                                   {"Cookie", "a=b"},
                                   {"X-Forwarded-User", "dba"},
                                   {"Content-Type", "text/x"},
                                   {"Accept", "a"},
                                   {"Accept", "b"}});
  CHECK(text_of(headers_for_leader(request, "node2")) ==
        "Authorization: Basic dXNlcjpzZWNyZXQ=\nCookie: a=b\nX-Forwarded-User: dba\nContent-Type: text/x\nAccept: a\n"
        "Accept: b\nX-Forwarded-For: 192.0.2.1\nX-Orchestrator-Forwarded-By: node2\n");
}

TEST_CASE("fields of the client's connection stay behind, also those that it names itself") {
  const auto request = request_of({{"connection", "close, X-Mine ,x-other"},
                                   {"Connection", "keep-alive"},
                                   {"Keep-Alive", "timeout=5"},
                                   {"X-Mine", "1"},
                                   {"X-Other", "2"},
                                   {"X-Third", "3"},
                                   {"Proxy-Authorization", "Basic eDp5"},
                                   {"Transfer-Encoding", "chunked"},
                                   {"Content-Length", "7"},
                                   {"TE", "trailers"},
                                   {"Trailer", "X"},
                                   {"Upgrade", "h2c"},
                                   {"Expect", "100-continue"},
                                   {"Accept-Encoding", "gzip"}});
  CHECK(text_of(headers_for_leader(request, "node2")) ==
        "X-Third: 3\nX-Forwarded-For: 192.0.2.1\nX-Orchestrator-Forwarded-By: node2\n");
}

TEST_CASE("clients and nodes on the way are listed in order") {
  auto request = request_of({{"X-Forwarded-For", "203.0.113.7"},
                             {"X-Forwarded-For", "198.51.100.1, 10.0.0.1"},
                             {"X-Orchestrator-Forwarded-By", "node3"}},
                            "[2001:db8::1]:4711");
  CHECK(text_of(headers_for_leader(request, "node2")) ==
        "X-Forwarded-For: 203.0.113.7, 198.51.100.1, 10.0.0.1, 2001:db8::1\n"
        "X-Orchestrator-Forwarded-By: node3, node2\n");
  CHECK(was_forwarded(request));
  CHECK_FALSE(was_forwarded(request_of({})));
}

TEST_CASE("a client on a unix socket has no address to add") {
  const auto request = request_of({{"X-Forwarded-For", "203.0.113.7"}}, "");
  CHECK(text_of(headers_for_leader(request, "node2")) ==
        "X-Forwarded-For: 203.0.113.7\nX-Orchestrator-Forwarded-By: node2\n");
}

TEST_CASE("of the leader's fields those come back that the server does not write itself") {
  Headers headers;
  for (const auto* name : {"Date", "Server", "Content-Type", "Content-Length", "Connection", "Transfer-Encoding",
                           "Vary", "Set-Cookie", "WWW-Authenticate"}) {
    headers.add(name, "x");
  }
  CHECK(text_of(headers_for_client(headers)) == "Vary: x\nSet-Cookie: x\nWWW-Authenticate: x\n");
}
