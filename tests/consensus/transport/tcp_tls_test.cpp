// Mutual TLS between members.
#include <filesystem>

#include "catch.hpp"
#include "certificates.hpp"
#include "sandbox/temporary_directory.hpp"
#include "world.hpp"

namespace consensus_test {
namespace {

using namespace consensus;
namespace fs = std::filesystem;

struct Fixture {
  Loop loop;
  TcpWorld world{loop};
  sandbox::TemporaryDirectory directory;
  test::CertificateAuthority authority{subdirectory("ca")};

  fs::path subdirectory(const std::string& name) const {
    fs::path path = fs::path(directory.path()) / name;
    fs::create_directories(path);
    return path;
  }
  TcpTls tls_of(const test::CertificateAuthority& issuer, const std::string& name) const {
    const test::CertificateFiles files = issuer.issue(name, "DNS:" + name);
    return {.ca_file = issuer.certificate(), .certificate_file = files.certificate, .key_file = files.key};
  }
  std::unique_ptr<WorldNode> start(const std::string& id, std::optional<TcpTls> tls) {
    world.defaults.tls = std::move(tls);
    return world.start({.id = id});
  }
  static TcpTransport& tcp(WorldNode& node) { return dynamic_cast<TcpTransport&>(*node.transport); }
  // Why a's link has not come about.
  Error problem_of(WorldNode& a) {
    REQUIRE(loop.wait_until([&] { return tcp(a).peers().at(0).problem.has_value(); }));
    return *tcp(a).peers().at(0).problem;
  }
};

void introduce(WorldNode& node, const WorldNode& peer) {
  node.transport->set_peers(std::vector<Member>{peer.member()});
}

bool reach(Fixture& f, WorldNode& from, const WorldNode& to) {
  return f.loop.wait_until([&] {
    from.transport->send({from.id, to.id, Term(1), TimeoutNow{}});
    return !to.recorder->messages.empty();
  });
}

TEST_CASE("messages, snapshots and requests pass over TLS") {
  Fixture f;
  auto a = f.start("a", f.tls_of(f.authority, "a"));
  auto b = f.start("b", f.tls_of(f.authority, "b"));
  introduce(*a, *b);
  introduce(*b, *a);
  CHECK(reach(f, *a, *b));
  CHECK(reach(f, *b, *a));
  const std::vector<std::string> chunks(10, std::string(100'000, 'x'));
  const auto reader = std::make_shared<ChunkReader>("s1", chunks);
  const Message message{a->id, b->id, Term(1), InstallSnapshot{reader->manifest().meta}};
  CHECK(f.loop.run(a->transport->send_snapshot(reader, message, 0)).has_value());
  CHECK(b->recorder->chunks["s1"] == chunks);
  for (const std::string& request : {std::string("small"), std::string(500'000, 'y')}) {
    CHECK(f.loop.run(a->transport->request(b->address, request, 5s)).value() == "answer to " + request);
  }
  const NodeId b_id = b->id;
  f.world.kill(std::move(b));
  CHECK(f.loop.wait_until([&] { return a->recorder->times_lost(b_id) == 1; }));
}

TEST_CASE("a node of another authority is refused in both directions") {
  Fixture f;
  const test::CertificateAuthority other(f.subdirectory("other-ca"));
  auto a = f.start("a", f.tls_of(f.authority, "a"));
  auto stranger = f.start("s", f.tls_of(other, "s"));
  introduce(*a, *stranger);
  introduce(*stranger, *a);
  CHECK(f.problem_of(*a).code == Errc::tls_failed);
  CHECK(f.problem_of(*stranger).code == Errc::tls_failed);
  CHECK(f.loop.run(stranger->transport->request(a->address, "x", 5s)).error().code == Errc::tls_failed);

  // Trusts the right authority but shows a certificate of another one: refused by the server.
  TcpTls forged = f.tls_of(other, "forger");
  forged.ca_file = f.authority.certificate();
  auto forger = f.start("f", forged);
  introduce(*forger, *a);
  CHECK(f.problem_of(*forger).code == Errc::tls_failed);
  CHECK(f.loop.run(forger->transport->request(a->address, "x", 5s)).error().code == Errc::tls_failed);
  REQUIRE(f.tcp(*a).last_refusal());
  CHECK(f.tcp(*a).last_refusal()->code == Errc::tls_failed);
  CHECK(a->recorder->messages.empty());
  CHECK(a->recorder->requests.empty());
  CHECK(stranger->recorder->messages.empty());
}

TEST_CASE("a node without TLS and one with it do not understand each other") {
  Fixture f;
  auto plain = f.start("p", std::nullopt);
  auto secure = f.start("s", f.tls_of(f.authority, "s"));
  introduce(*plain, *secure);
  introduce(*secure, *plain);
  f.problem_of(*plain);
  CHECK(f.problem_of(*secure).code == Errc::tls_failed);
  CHECK(plain->recorder->messages.empty());
  CHECK(secure->recorder->messages.empty());
}

TEST_CASE("a member must show a certificate with its own name when that is asked for") {
  Fixture f;
  const auto name_of = [](const NodeId& id) { return id.name().substr(0, id.name().find('-')); };
  const auto named = [&](const std::string& name) {
    TcpTls tls = f.tls_of(f.authority, name);
    tls.certificate_name = name_of;
    return tls;
  };
  auto a = f.start("a-1", named("a"));
  auto b = f.start("b-1", named("b"));
  introduce(*a, *b);
  CHECK(reach(f, *a, *b));
  CHECK(f.loop.run(a->transport->request(b->address, "x", 5s)).has_value());

  // Calls itself c, but its certificate is that of d.
  auto impostor = f.start("c-1", named("d"));
  introduce(*impostor, *b);
  introduce(*a, *impostor);
  CHECK(f.problem_of(*a).context.find("the certificate of 'c-1' is not for 'c'") != std::string::npos);
  CHECK(f.problem_of(*impostor).code == Errc::tls_failed);
  CHECK(f.loop.run(a->transport->request(impostor->address, "x", 5s)).error().code == Errc::tls_failed);
  CHECK(impostor->recorder->requests.empty());
}

TEST_CASE("renewed certificates are used by the next connection") {
  Fixture f;
  const test::CertificateAuthority old(f.subdirectory("old-ca"));
  auto a = f.start("a", f.tls_of(f.authority, "a"));
  const TcpTls wrong = f.tls_of(old, "b");
  auto b = f.start("b", wrong);
  introduce(*a, *b);
  CHECK(f.problem_of(*a).code == Errc::tls_failed);
  const TcpTls right = f.tls_of(f.authority, "b");
  const auto over = fs::copy_options::overwrite_existing;
  fs::copy_file(right.ca_file, wrong.ca_file, over);
  fs::copy_file(right.certificate_file, wrong.certificate_file, over);
  fs::copy_file(right.key_file, wrong.key_file, over);
  CHECK(reach(f, *a, *b));
}

TEST_CASE("a transport does not start with TLS files that cannot be used") {
  Fixture f;
  auto a = f.start("a", std::nullopt);
  TcpTransport transport(*a->runtime,
                         {.group = "group",
                          .listen = "127.0.0.1:0",
                          .tls = TcpTls{.ca_file = "/nowhere/ca.pem", .certificate_file = "/nowhere/a.pem"}});
  Recorder recorder;
  const auto started = f.loop.run(transport.start(recorder, NodeId("b")));
  REQUIRE_FALSE(started.has_value());
  CHECK(started.error().code == Errc::invalid_argument);
  CHECK(started.error().context.find("CA file '/nowhere/ca.pem'") != std::string::npos);
}

}  // namespace
}  // namespace consensus_test
