// Requests over Beast, one coroutine and one connection each.
#include "client/http.hpp"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <thread>

namespace orchestrator::client {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using Tcp = asio::ip::tcp;

constexpr std::uint64_t longest_body = 1ULL << 29U;  // the JSON of about 100,000 instances
constexpr std::uint32_t longest_header = 64 * 1024;
constexpr std::array retry_pauses{std::chrono::milliseconds(100), std::chrono::milliseconds(200),
                                  std::chrono::milliseconds(500), std::chrono::milliseconds(1000)};

enum class Stage { resolving, connecting, securing, exchanging };

struct Attempt {
  HttpRequest request;
  http::request<http::empty_body> message;
  Stage stage = Stage::resolving;
  std::optional<HttpOutcome> outcome;
};

std::string base64(std::string_view text) {
  std::string encoded((text.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  encoded.resize(static_cast<std::size_t>(length));
  return encoded;
}

http::request<http::empty_body> make_message(const HttpRequest& request, const Credentials& credentials) {
  http::request<http::empty_body> message(http::verb::get, request.endpoint.base_path + "/" + request.path, 11);
  message.set(http::field::host, request.endpoint.authority);
  message.set(http::field::user_agent, "orchestrator-client");
  message.set(http::field::accept, "application/json");
  message.set(http::field::connection, "close");
  const bool own = !credentials.user.empty();
  const std::string& user = own ? credentials.user : request.endpoint.user;
  const std::string& password = own ? credentials.password : request.endpoint.password;
  if (!user.empty()) message.set(http::field::authorization, "Basic " + base64(user + ":" + password));
  if (!credentials.header.empty()) {
    const std::size_t colon = credentials.header.find(':');
    std::string_view value = std::string_view(credentials.header).substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    message.set(credentials.header.substr(0, colon), value);
  }
  return message;
}

Delivery delivery_at(Stage stage) {
  return stage == Stage::exchanging ? Delivery::maybe_sent : Delivery::not_sent;
}

bool is_passing(const error_code& error, Stage stage) {
  if (stage == Stage::resolving) return error == asio::error::host_not_found_try_again;
  return stage == Stage::connecting && error != asio::error::access_denied;
}

HttpFailure failure_of(const Attempt& attempt, const error_code& error) {
  std::string reason = error.message();
  switch (attempt.stage) {
    case Stage::resolving:
      reason = "cannot resolve '" + attempt.request.endpoint.host + "': " + reason;
      break;
    case Stage::connecting:
      break;
    case Stage::securing:
      reason = "TLS: " + reason;
      break;
    case Stage::exchanging:
      if (error == http::error::end_of_stream || error == http::error::partial_message ||
          error == ssl::error::stream_truncated) {
        reason = "the connection was closed before the answer was complete";
      } else if (error.category() == make_error_code(http::error::bad_version).category()) {
        reason = "the answer is not HTTP: " + reason;
      }
      break;
  }
  return HttpFailure{std::move(reason), delivery_at(attempt.stage), is_passing(error, attempt.stage)};
}

HttpFailure timeout_at(Stage stage) {
  switch (stage) {
    case Stage::resolving:
      return HttpFailure{"the name look-up took too long", Delivery::not_sent, true};
    case Stage::connecting:
      return HttpFailure{"connecting took too long", Delivery::not_sent, true};
    case Stage::securing:
      return HttpFailure{"TLS: the handshake took too long", Delivery::not_sent, false};
    case Stage::exchanging:
      break;
  }
  return HttpFailure{"no answer in time", Delivery::maybe_sent, false};
}

template <class Stream>
asio::awaitable<void> send_and_receive(Stream& stream, Attempt& attempt) {
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  attempt.stage = Stage::exchanging;
  co_await http::async_write(stream, attempt.message, token);
  // A server may answer and close before it has read everything; its answer explains more than the broken pipe.
  const error_code write_error = error;
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(longest_body);
  parser.header_limit(longest_header);
  co_await http::async_read(stream, buffer, parser, token);
  if (error) {
    attempt.outcome = failure_of(attempt, write_error ? write_error : error);
    co_return;
  }
  auto message = parser.release();
  attempt.outcome =
      HttpAnswer{static_cast<int>(message.result_int()), std::string(message.reason()), std::move(message.body())};
}

// Names the reason of a refused certificate, which the handshake's error does not.
void explain_certificate(SSL* session, HttpFailure& failure) {
  const long result = SSL_get_verify_result(session);
  if (result != X509_V_OK) failure.reason += std::string(" (") + X509_verify_cert_error_string(result) + ")";
}

asio::awaitable<void> secure_and_exchange(Tcp::socket& socket, Attempt& attempt, ssl::context& tls) {
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  attempt.stage = Stage::securing;
  const std::string& host = attempt.request.endpoint.host;
  ssl::stream<Tcp::socket&> stream(socket, tls);
  SSL* session = stream.native_handle();
  error_code not_an_address;
  asio::ip::make_address(host, not_an_address);
  if (not_an_address) SSL_set_tlsext_host_name(session, host.c_str());
  stream.set_verify_callback(ssl::host_name_verification(host));
  const auto role = ssl::stream_base::client;
  co_await stream.async_handshake(role, token);
  if (error) {
    HttpFailure failure = failure_of(attempt, error);
    explain_certificate(session, failure);
    attempt.outcome = std::move(failure);
    co_return;
  }
  co_await send_and_receive(stream, attempt);
}

asio::awaitable<void> exchange(Attempt& attempt, ssl::context& tls) {
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto executor = co_await asio::this_coro::executor;
  const Endpoint& endpoint = attempt.request.endpoint;
  const std::string port = std::to_string(endpoint.port);
  Tcp::resolver resolver(executor);
  const auto addresses = co_await resolver.async_resolve(endpoint.host, port, token);
  if (error) {
    attempt.outcome = failure_of(attempt, error);
    co_return;
  }
  attempt.stage = Stage::connecting;
  Tcp::socket socket(executor);
  co_await asio::async_connect(socket, addresses, token);
  if (error) {
    attempt.outcome = failure_of(attempt, error);
    co_return;
  }
  if (endpoint.scheme == Scheme::https) {
    co_await secure_and_exchange(socket, attempt, tls);
  } else {
    co_await send_and_receive(socket, attempt);
  }
}

std::string text_of(const std::exception_ptr& problem) {
  try {
    std::rethrow_exception(problem);
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "unknown exception";
  }
}

// The attempts of one call and the loop they run on.
struct Session {
  std::function<bool(const HttpAnswer&)> is_enough;
  std::vector<std::unique_ptr<Attempt>> attempts;
  asio::io_context loop{1};  // destroyed first: its coroutines refer to the rest
};

// Waiting for the system's name look-up would break the deadline, and destroying its loop waits for it. Such a session
// is kept until the process ends.
void end(std::unique_ptr<Session> session) {
  const bool is_resolving = std::any_of(session->attempts.begin(), session->attempts.end(), [](const auto& attempt) {
    return !attempt->outcome && attempt->stage == Stage::resolving;
  });
  if (!is_resolving) return;
  static auto& left_behind = *new std::vector<std::unique_ptr<Session>>;
  left_behind.push_back(std::move(session));
}

}  // namespace

struct HttpClient::State {
  Credentials credentials;
  ssl::context tls{ssl::context::tls_client};

  std::unique_ptr<Session> start(const std::vector<HttpRequest>& requests,
                                 std::function<bool(const HttpAnswer&)> is_enough) {
    auto session = std::make_unique<Session>();
    session->is_enough = std::move(is_enough);
    for (const HttpRequest& request : requests) {
      auto& attempt = *session->attempts.emplace_back(std::make_unique<Attempt>());
      attempt.request = request;
      attempt.message = make_message(request, credentials);
      const auto finished = [&attempt, &owner = *session](const std::exception_ptr& problem) {
        if (problem) attempt.outcome = HttpFailure{text_of(problem), delivery_at(attempt.stage), false};
        if (const auto* answer = std::get_if<HttpAnswer>(&*attempt.outcome); answer && owner.is_enough(*answer)) {
          owner.loop.stop();
        }
      };
      asio::co_spawn(session->loop, exchange(attempt, tls), finished);
    }
    return session;
  }
};

HttpClient::HttpClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<HttpClient> HttpClient::create(Credentials credentials, CertificateCheck check, const std::string& ca_file) {
  auto state = std::make_unique<State>();
  state->credentials = std::move(credentials);
  error_code error;
  state->tls.set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1, error);
  if (check == CertificateCheck::skipped) {
    state->tls.set_verify_mode(ssl::verify_none, error);
    return HttpClient(std::move(state));
  }
  state->tls.set_verify_mode(ssl::verify_peer, error);
  if (ca_file.empty()) {
    state->tls.set_default_verify_paths(error);
  } else {
    state->tls.load_verify_file(ca_file, error);
  }
  if (error) return Failure{"Cannot read certificates from " + ca_file + ": " + error.message()};
  return HttpClient(std::move(state));
}

HttpOutcome HttpClient::get(const HttpRequest& request, Clock::time_point connect_deadline,
                            Clock::time_point deadline) {
  const auto is_enough = [](const HttpAnswer&) { return true; };
  for (std::size_t tries = 0;; ++tries) {
    auto session = state_->start({request}, is_enough);
    Attempt& attempt = *session->attempts.front();
    session->loop.run_until(std::min(connect_deadline, deadline));
    if (!attempt.outcome && attempt.stage == Stage::exchanging) session->loop.run_until(deadline);
    HttpOutcome outcome = attempt.outcome ? std::move(*attempt.outcome) : timeout_at(attempt.stage);
    end(std::move(session));
    const auto* failure = std::get_if<HttpFailure>(&outcome);
    if (failure == nullptr || !failure->may_pass || tries == retry_pauses.size()) return outcome;
    const auto next = Clock::now() + retry_pauses[tries];
    if (next >= std::min(connect_deadline, deadline)) return outcome;
    std::this_thread::sleep_until(next);
  }
}

std::vector<HttpOutcome> HttpClient::race(const std::vector<HttpRequest>& requests, Clock::time_point deadline,
                                          std::function<bool(const HttpAnswer&)> is_enough) {
  auto session = state_->start(requests, std::move(is_enough));
  session->loop.run_until(deadline);
  std::vector<HttpOutcome> outcomes;
  for (const auto& attempt : session->attempts) {
    outcomes.push_back(attempt->outcome ? *attempt->outcome : timeout_at(attempt->stage));
  }
  end(std::move(session));
  return outcomes;
}

}  // namespace orchestrator::client
