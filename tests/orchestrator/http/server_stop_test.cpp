// How the server ends: nobody is cut off who can still be served, nobody can hold it up.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "catch.hpp"
#include "running_server.hpp"

using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

constexpr const char* get_a = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

// A server whose handler waits until the test lets it go on, or until it is cancelled.
class GatedServer {
 public:
  GatedServer() : server_({}, [this](orchestrator::http::Request) { return wait(); }) {}

  [[nodiscard]] RunningServer& server() noexcept { return server_; }
  void wait_for_request() { entered_.get_future().get(); }
  void open() {
    server_.run([this] { return timer_->cancel(); });
  }

 private:
  boost::asio::awaitable<orchestrator::http::Response> wait() {
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor, 1h);
    timer_ = &timer;
    entered_.set_value();
    const auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
    co_await timer.async_wait(token);
    orchestrator::http::Response response;
    response.body = "late";
    co_return response;
  }

  boost::asio::steady_timer* timer_ = nullptr;
  std::promise<void> entered_;
  RunningServer server_;  // last, so that its thread ends before the others go
};

}  // namespace

TEST_CASE("a request in progress is answered before the server ends, and idle connections are closed at once") {
  GatedServer gated;
  RawClient idle(gated.server().port());
  RawClient waiting(gated.server().port());
  waiting.send(get_a);
  gated.wait_for_request();
  auto stopped = gated.server().stop(60s);
  CHECK(idle.rest().empty());
  CHECK(stopped.wait_for(0s) == std::future_status::timeout);
  gated.open();
  const auto answer = waiting.rest();
  CHECK(body_of(answer) == "late");
  CHECK(answer.find("Connection: close\r\n") != std::string::npos);
  CHECK(stopped.wait_for(10s) == std::future_status::ready);
}

TEST_CASE("a request that outlasts the grace time is cancelled") {
  GatedServer gated;
  RawClient waiting(gated.server().port());
  waiting.send(get_a);
  gated.wait_for_request();
  auto stopped = gated.server().stop(50ms);
  CHECK(stopped.wait_for(10s) == std::future_status::ready);
  CHECK(waiting.rest().empty());
  CHECK(gated.server().connections() == 0);
}

TEST_CASE("after the stop nobody can connect") {
  RunningServer server({}, echo);
  const auto port = server.port();
  server.stop(1s).get();
  CHECK_THROWS(RawClient(port));
}

TEST_CASE("a server that is destroyed with requests in progress leaves nothing behind") {
  auto gated = std::make_unique<GatedServer>();
  RawClient waiting(gated->server().port());
  waiting.send(get_a);
  gated->wait_for_request();
  gated.reset();
  CHECK(waiting.rest().empty());
}
