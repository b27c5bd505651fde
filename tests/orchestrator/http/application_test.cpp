// What every request goes through, over real sockets.
#include "http/application.hpp"

#include "catch.hpp"
#include "gunzip.hpp"
#include "running_server.hpp"

using Catch::Matchers::Contains;
using namespace orchestrator::http;

namespace {

Response ok(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

Router sample_router() {
  Router router;
  router.add({"/read/:name", Access::anyone, Effect::reads, SyncHandler([](const RequestContext& context) {
                return ok("read " + context.parameters["name"] + " by " + context.user);
              })});
  router.add({"/write", Access::authorized, Effect::writes,
              AsyncHandler([](RequestContext context) -> boost::asio::awaitable<Response> {
                co_return ok("written by " + context.user);
              })});
  router.add({"/throw", Access::anyone, Effect::reads,
              SyncHandler([](const RequestContext&) -> Response { throw std::runtime_error("no such thing"); })});
  router.add({"/throw-later", Access::anyone, Effect::reads,
              AsyncHandler([](RequestContext) -> boost::asio::awaitable<Response> {
                throw 42;
                co_return Response{};
              })});
  router.add({"/big", Access::anyone, Effect::reads,
              SyncHandler([](const RequestContext&) { return ok(std::string(300'000, 'x')); })});
  return router;
}

// An application behind a server, and its log.
struct Fixture {
  explicit Fixture(AuthenticationPolicy policy = {})
      : application(sample_router(), std::move(policy), hooks()),
        server({}, [this](Request request) { return application.handle(std::move(request)); }) {}

  ApplicationHooks hooks() {
    ApplicationHooks made;
    made.failed = [](const std::string& cause) { return text_response(500, "failed: " + cause); };
    made.log_failure = [this](const std::string& line) { log += line + "\n"; };
    return made;
  }
  std::string ask(const std::string& method_and_path, const std::string& fields = "") {
    RawClient client(server.port());
    client.send(method_and_path + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");
    return client.response();
  }

  std::string log;
  Application application;
  RunningServer server;
};

constexpr const char* as_user = "Authorization: Basic dXNlcjpzZWNyZXQ=\r\n";
constexpr const char* as_readonly = "Authorization: Basic cmVhZG9ubHk6YW55\r\n";

}  // namespace

TEST_CASE("unknown paths are not found and unknown methods not allowed") {
  Fixture fixture;
  const auto missing = fixture.ask("GET /nothing");
  CHECK(status_of(missing) == "HTTP/1.1 404 Not Found");
  CHECK(body_of(missing) == "404 page not found\n");
  CHECK(status_of(fixture.ask("PUT /nothing")) == "HTTP/1.1 405 Method Not Allowed");
  const auto deleted = fixture.ask("DELETE /read/x");
  CHECK(status_of(deleted) == "HTTP/1.1 405 Method Not Allowed");
  CHECK_THAT(deleted, Contains("\r\nAllow: GET, HEAD\r\n"));
  CHECK(status_of(fixture.ask("POST /read/x")) == "HTTP/1.1 405 Method Not Allowed");
  CHECK_THAT(fixture.ask("BREW /write"), Contains("\r\nAllow: GET, HEAD, POST\r\n"));
}

TEST_CASE("routes that write answer GET and POST alike") {
  Fixture fixture;
  CHECK(body_of(fixture.ask("GET /write")) == "written by ");
  CHECK(body_of(fixture.ask("POST /write")) == "written by ");
}

TEST_CASE("an exception in a handler becomes an answer, a line in the log and a count") {
  Fixture fixture;
  const auto response = fixture.ask("GET /throw");
  CHECK(status_of(response) == "HTTP/1.1 500 Internal Server Error");
  CHECK(body_of(response) == "failed: no such thing\n");
  CHECK(body_of(fixture.ask("GET /throw-later")) == "failed: an exception that is no std::exception\n");
  CHECK(fixture.log ==
        "HTTP request for /throw failed: no such thing\n"
        "HTTP request for /throw-later failed: an exception that is no std::exception\n");
  const auto metrics = fixture.server.run([&] { return fixture.application.metrics(); });
  CHECK(metrics.exceptions == 2);
  CHECK(metrics.answers_by_class[5] == 2);
  CHECK(metrics.requests == 2);
  CHECK(metrics.in_progress == 0);
}

TEST_CASE("authentication guards every path, rights only the routes that need them") {
  AuthenticationPolicy policy;
  policy.method = AuthenticationMethod::multi;
  policy.user = "user";
  policy.password = "secret";
  Fixture fixture(policy);
  CHECK(status_of(fixture.ask("GET /nothing")) == "HTTP/1.1 401 Unauthorized");
  CHECK(status_of(fixture.ask("GET /read/x")) == "HTTP/1.1 401 Unauthorized");
  CHECK(body_of(fixture.ask("GET /read/x", as_readonly)) == "read x by readonly");
  CHECK(body_of(fixture.ask("GET /write", as_readonly)) == "Unauthorized\n");
  CHECK(body_of(fixture.ask("GET /write", as_user)) == "written by user");
}

TEST_CASE("large answers are compressed for those who accept it, small ones never") {
  Fixture fixture;
  const auto packed = fixture.ask("GET /big", "Accept-Encoding: gzip, br\r\n");
  CHECK_THAT(packed, Contains("\r\nContent-Encoding: gzip\r\n") && Contains("\r\nVary: Accept-Encoding\r\n"));
  CHECK(body_of(packed).size() < 10'000);
  CHECK(gunzip(body_of(packed)) == std::string(300'000, 'x'));
  const auto plain = fixture.ask("GET /big");
  CHECK(plain.find("Content-Encoding") == std::string::npos);
  CHECK(body_of(plain).size() == 300'000);
  CHECK(fixture.ask("GET /read/x", "Accept-Encoding: gzip\r\n").find("Content-Encoding") == std::string::npos);
}
