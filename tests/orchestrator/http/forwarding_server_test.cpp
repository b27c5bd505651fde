// Two nodes: what is asked of the one is answered by the other, which leads.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "catch.hpp"
#include "gunzip.hpp"
#include "http/application.hpp"
#include "raw_leader.hpp"
#include "running_server.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using namespace orchestrator::http;
using namespace std::chrono_literals;

namespace {

// Ten megabytes; every byte can be checked, and gzip has something to do.
const std::string& long_text() {
  static const std::string text = [] {
    std::string made;
    for (int line = 0; made.size() < 20'000; ++line) {
      made += std::to_string(line) + "\n";
    }
    while (made.size() < 10'000'000) {
      made += made;
    }
    return made;
  }();
  return text;
}

// A node with a server, whose leader the test names.
class Node {
 public:
  explicit Node(std::string name, AuthenticationPolicy policy = {})
      : name_(std::move(name)),
        server_({}, [this](Request request) { return application_->handle(std::move(request)); }) {
    LeaderClientOptions options;
    options.recheck_interval = 20ms;
    auto client = LeaderClient::make(server_.loop().get_executor(), std::move(options));
    Forwarding forwarding;
    forwarding.leadership = [this] { return leadership_; };
    forwarding.client = std::move(client.value());
    forwarding.node_name = name_;
    forwarding.patience_with_former_leader = 100ms;
    application_.emplace(router(), std::move(policy), hooks(), std::move(forwarding));
  }
  ~Node() {
    server_.stop(0ms).get();
    server_.run([this] { application_.reset(); });
  }

  [[nodiscard]] std::string uri() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }
  void follows(Leadership leadership) {
    server_.run([&] { leadership_ = std::move(leadership); });
  }
  [[nodiscard]] std::uint64_t requests() {
    return server_.run([this] { return application_->metrics().requests; });
  }
  std::string ask(const std::string& method_and_target, const std::string& fields = "", const std::string& body = "") {
    RawClient client(server_.port());
    client.send(method_and_target + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n" + body);
    return method_and_target.starts_with("HEAD") ? client.response_to_head() : client.response();
  }
  [[nodiscard]] RunningServer& server() noexcept { return server_; }
  // For the route that waits.
  void wait_until_asked() { asked_.get_future().get(); }
  void let_go_on() {
    server_.run([this] { return gate_->cancel(); });
  }
  [[nodiscard]] std::string log() {
    return server_.run([this] { return log_; });
  }

 private:
  Response describe(const RequestContext& context) const {
    Response response;
    response.status = 202;
    response.content_type = "text/x-described";
    response.headers.add("X-Answered-By", name_);
    response.body = context.request.target + " by " + context.user;
    for (const auto* field : {"X-Forwarded-For", "X-Orchestrator-Forwarded-By", "X-Mine"}) {
      response.body += " " + std::string(context.request.headers.find(field).value_or("-"));
    }
    response.body += " body:" + std::to_string(std::hash<std::string>{}(context.request.body));
    return response;
  }
  boost::asio::awaitable<Response> wait() {
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor, 1h);
    gate_ = &timer;
    asked_.set_value();
    const auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
    co_await timer.async_wait(token);
    co_return text_response(200, "late");
  }
  Router router() {
    const auto describes = SyncHandler([this](const RequestContext& context) { return describe(context); });
    const auto waits = AsyncHandler([this](RequestContext) { return wait(); });
    const auto is_long = SyncHandler([](const RequestContext&) {
      Response response;
      response.body = long_text();
      return response;
    });
    Router router;
    router.add({"/read/:name", Access::anyone, Effect::reads, describes});
    router.add({"/write", Access::authorized, Effect::writes, describes});
    router.add({"/here", Access::anyone, Effect::reads, describes, Answers::here});
    router.add({"/long", Access::anyone, Effect::reads, is_long});
    router.add({"/wait", Access::anyone, Effect::writes, waits});
    return router;
  }
  ApplicationHooks hooks() {
    ApplicationHooks made;
    made.unavailable = [](const LeaderTrouble& trouble) {
      return text_response(trouble.status, "-> " + trouble.cause);
    };
    made.log_failure = [this](const std::string& line) { log_ += line + "\n"; };
    return made;
  }

  std::string name_;
  Leadership leadership_ = ThisNodeLeads{};
  std::string log_;
  boost::asio::steady_timer* gate_ = nullptr;
  std::promise<void> asked_;
  std::optional<Application> application_;
  RunningServer server_;
};

std::string hash_of(const std::string& body) {
  return " body:" + std::to_string(std::hash<std::string>{}(body));
}

// A leader and a node that follows it.
struct Pair {
  explicit Pair(const AuthenticationPolicy& policy = {}) : leader("node1", policy), follower("node2", policy) {
    follower.follows(LeaderAt{leader.uri()});
  }
  Node leader;
  Node follower;
};

AuthenticationPolicy multi() {
  AuthenticationPolicy policy;
  policy.method = AuthenticationMethod::multi;
  policy.user = "user";
  policy.password = "secret";
  return policy;
}

constexpr const char* as_user = "Authorization: Basic dXNlcjpzZWNyZXQ=\r\n";
constexpr const char* as_readonly = "Authorization: Basic cmVhZG9ubHk6YW55\r\n";

}  // namespace

TEST_CASE("a request reaches the leader as it came, and its answer comes back") {
  Pair pair;
  const auto target = std::string("/read/a%20b%2Bc?x=%41+d&x=2&&y=%C3%A9");
  const auto answer = pair.follower.ask("GET " + target, "X-Mine: mine\r\nConnection: X-Dropped\r\n");
  CHECK(status_of(answer) == "HTTP/1.1 202 Accepted");
  CHECK_THAT(answer, Contains("\r\nX-Answered-By: node1\r\n") && Contains("\r\nContent-Type: text/x-described\r\n"));
  CHECK(body_of(answer) == target + " by  127.0.0.1 node2 mine" + hash_of(""));
  CHECK(answer.find("Date: ") == answer.rfind("Date: "));
  CHECK(answer.find("Content-Length: ") == answer.rfind("Content-Length: "));
  CHECK_THAT(pair.leader.ask("GET " + target), Contains(" - - - body:"));
}

TEST_CASE("routes that are answered here are never forwarded") {
  Pair pair;
  CHECK_THAT(pair.follower.ask("GET /here"), Contains("X-Answered-By: node2"));
  CHECK(status_of(pair.follower.ask("GET /nothing")) == "HTTP/1.1 404 Not Found");
  CHECK(status_of(pair.follower.ask("DELETE /write")) == "HTTP/1.1 405 Method Not Allowed");
  CHECK(pair.leader.requests() == 0);
}

TEST_CASE("bodies are forwarded up to the limit") {
  Pair pair;
  const std::string body = long_text().substr(0, Limits().body_bytes);
  const auto answer = pair.follower.ask(
      "POST /write", "Expect: 100-continue\r\nContent-Length: " + std::to_string(body.size()) + "\r\n", body);
  CHECK(status_of(answer) == "HTTP/1.1 100 Continue");  // the client has not waited for it
  RawClient client(pair.follower.server().port());
  client.send("POST /write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  CHECK(body_of(client.response()) == "/write by  127.0.0.1 node2 -" + hash_of("hello"));
  client.send("POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  CHECK(body_of(client.response()) == "/write by  127.0.0.1 node2 -" + hash_of(body));
}

TEST_CASE("answers of many megabytes come whole, compressed for those who accept it") {
  Pair pair;
  const auto& expected = long_text();
  const auto plain = pair.follower.ask("GET /long");
  CHECK((body_of(plain) == expected));
  CHECK(plain.find("Vary: Accept-Encoding") == plain.rfind("Vary: "));
  const auto packed = pair.follower.ask("GET /long", "Accept-Encoding: gzip\r\n");
  CHECK_THAT(packed.substr(0, packed.find("\r\n\r\n")), Contains("Content-Encoding: gzip"));
  CHECK((gunzip(body_of(packed)) == expected));
}

TEST_CASE("a HEAD is forwarded as one and has the length of the answer to a GET") {
  Pair pair;
  RawClient client(pair.follower.server().port());
  client.send("HEAD /long HTTP/1.1\r\nHost: x\r\n\r\nGET /here HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK_THAT(client.response_to_head(), Contains("\r\nContent-Length: " + std::to_string(long_text().size()) + "\r\n"));
  CHECK(status_of(client.response()) == "HTTP/1.1 202 Accepted");
}

TEST_CASE("an answer may take the leader as long as it likes") {
  Pair pair;
  RawClient client(pair.follower.server().port());
  client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  pair.leader.wait_until_asked();
  auto answer = std::async(std::launch::async, [&] { return client.response(); });
  CHECK(answer.wait_for(5500ms) == std::future_status::timeout);
  pair.leader.let_go_on();
  CHECK(body_of(answer.get()) == "late\n");
}

TEST_CASE("the node authenticates, and the leader decides who may change something") {
  Pair pair(multi());
  CHECK(status_of(pair.follower.ask("GET /read/x")) == "HTTP/1.1 401 Unauthorized");
  CHECK(pair.leader.requests() == 0);
  CHECK_THAT(body_of(pair.follower.ask("GET /read/x", as_readonly)), StartsWith("/read/x by readonly 127.0.0.1 node2"));
  CHECK(body_of(pair.follower.ask("POST /write", as_readonly)) == "Unauthorized\n");
  CHECK_THAT(body_of(pair.follower.ask("POST /write", as_user)), StartsWith("/write by user 127.0.0.1 node2"));
  CHECK(pair.leader.requests() == 3);
}

TEST_CASE("a leader that is gone is named, and nothing is said to have been done") {
  Node follower("node2");
  const auto uri = RawLeader().uri();  // nobody listens there any more
  follower.follows(LeaderAt{uri});
  for (const auto* request : {"GET /read/x", "POST /write"}) {
    const auto answer = follower.ask(request);
    CHECK(status_of(answer) == "HTTP/1.1 503 Service Unavailable");
    CHECK(body_of(answer) == "-> the leader " + uri + " cannot be asked: Connection refused\n");
  }
  CHECK_THAT(follower.log(), StartsWith("HTTP request for /read/x has no answer from the leader: the leader http://"));
  follower.follows(LeaderAt{"node1:3000"});
  CHECK_THAT(follower.ask("GET /read/x"), Contains("503 Service Unavailable") && Contains("'node1:3000' is not of"));
}

TEST_CASE("a leader that breaks off leaves open whether it has written, and a read can be asked again") {
  Node follower("node2");
  RawLeader leader;
  follower.follows(LeaderAt{leader.uri()});
  auto answer = std::async(std::launch::async, [&] { return follower.ask("POST /write"); });
  leader.accept().request();
  const auto written = answer.get();
  CHECK(status_of(written) == "HTTP/1.1 502 Bad Gateway");
  CHECK(body_of(written) == "-> the leader " + leader.uri() +
                                " was asked and did not answer: the connection ended before the answer; whether it was "
                                "done is not known\n");
  answer = std::async(std::launch::async, [&] { return follower.ask("GET /read/x"); });
  leader.accept().request();
  leader.accept().request();
  CHECK(status_of(answer.get()) == "HTTP/1.1 503 Service Unavailable");
  CHECK_FALSE(leader.has_another_client());
}

TEST_CASE("a request goes in no circle") {
  Node first("node1");
  Node second("node2");
  first.follows(LeaderAt{second.uri()});
  second.follows(LeaderAt{first.uri()});
  for (const auto* request : {"GET /read/x", "POST /write"}) {
    const auto answer = first.ask(request);
    CHECK(status_of(answer) == "HTTP/1.1 503 Service Unavailable");
    CHECK(body_of(answer) == "-> node2 was taken for the leader and is not; ask again\n");
  }
  CHECK(first.requests() == 2);
  CHECK(second.requests() == 2);
  second.follows(NobodyLeads{});
  CHECK(body_of(first.ask("GET /read/x")) == "-> node2 was taken for the leader and is not; ask again\n");
  second.follows(ThisNodeLeads{});
  CHECK_THAT(first.ask("GET /read/x"), Contains("X-Answered-By: node2"));
}

TEST_CASE("without a leader reads are answered here and writes are refused") {
  Node node("node2");
  node.follows(NobodyLeads{});
  CHECK_THAT(node.ask("GET /read/x"), Contains("X-Answered-By: node2"));
  const auto answer = node.ask("POST /write");
  CHECK(status_of(answer) == "HTTP/1.1 503 Service Unavailable");
  CHECK(body_of(answer) == "-> no leader is known to node2 now; ask again\n");
}

TEST_CASE("the answer of a leader that leads no more is not waited for without end") {
  Node follower("node2");
  RawLeader leader;
  follower.follows(LeaderAt{leader.uri()});
  auto answer = std::async(std::launch::async, [&] { return follower.ask("POST /write"); });
  auto peer = leader.accept();
  peer.request();
  follower.follows(NobodyLeads{});
  CHECK_THAT(answer.get(), Contains("502 Bad Gateway") && Contains("its answer is not waited for any longer"));
  CHECK(peer.is_closed_by_peer());
}

TEST_CASE("a server that stops ends the requests that it has forwarded") {
  Node follower("node2");
  RawLeader leader;
  follower.follows(LeaderAt{leader.uri()});
  RawClient client(follower.server().port());
  client.send("POST /write HTTP/1.1\r\nHost: x\r\n\r\n");
  auto peer = leader.accept();
  peer.request();
  auto stopped = follower.server().stop(50ms);
  CHECK(stopped.wait_for(10s) == std::future_status::ready);
  CHECK(follower.server().connections() == 0);
  CHECK(client.rest().empty());
  CHECK(peer.is_closed_by_peer());
}
