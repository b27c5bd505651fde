// Finds the endpoints of addresses, also while name servers do not answer.
#include "tcp/resolve.hpp"

#include <optional>
#include <utility>

namespace consensus::tcp {

namespace asio = boost::asio;
using boost::system::error_code;

LookUp system_look_up(const asio::any_io_executor& executor) {
  using SystemResolver = asio::ip::tcp::resolver;
  return [resolver = std::make_shared<SystemResolver>(executor)](const Address& address, const LookUpDone& done) {
    const auto on_answer = [done](const error_code& error, const SystemResolver::results_type& results) {
      Endpoints endpoints;
      for (const auto& result : results) endpoints.push_back(result.endpoint());
      done(error, std::move(endpoints));
    };
    resolver->async_resolve(address.host, std::to_string(address.port), SystemResolver::numeric_service, on_answer);
  };
}

struct Resolver::Question : async::Closable {
  explicit Question(const asio::any_io_executor& executor) : waiting(executor) {}

  void close(const Error& reason) override {
    closed = reason;
    waiting.wake();
  }

  async::WakeUp waiting;
  bool is_answered = false;
  std::optional<Error> closed;
  error_code error;
};

asio::awaitable<Result<Endpoints>> Resolver::resolve(Address address, Duration timeout) {
  error_code not_an_address;
  const auto literal = asio::ip::make_address(address.host, not_an_address);
  if (!not_an_address) co_return Endpoints{{literal, address.port}};
  if (under_way_.contains(address.text())) co_return last_found(address, "is still being looked up");

  const auto question = std::make_shared<Question>(tasks_.executor());
  const async::Tasks::Registration registration(tasks_, *question);
  begin(question, address);
  auto waiting = question->waiting.wait_for(timeout);
  co_await std::move(waiting);
  if (question->closed) co_return *question->closed;
  if (!question->is_answered) co_return last_found(address, "was not looked up in time");
  if (question->error) co_return last_found(address, "is not found: " + question->error.message());
  co_return last_found(address, "has no address");
}

void Resolver::begin(const std::shared_ptr<Question>& question, const Address& address) {
  const std::string key = address.text();
  under_way_.insert(key);
  const auto on_answer = [weak = weak_from_this(), question, key](const error_code& error, Endpoints endpoints) {
    question->is_answered = true;
    question->error = error;
    question->waiting.wake();
    const auto self = weak.lock();
    if (!self) return;
    self->under_way_.erase(key);
    if (!error && !endpoints.empty()) self->found_[key] = std::move(endpoints);
  };
  look_up_(address, on_answer);
}

Result<Endpoints> Resolver::last_found(const Address& address, const std::string& problem) const {
  const auto known = found_.find(address.text());
  if (known != found_.end()) return known->second;
  return make_error(Errc::timeout, "host name '" + address.host + "' " + problem);
}

}  // namespace consensus::tcp
