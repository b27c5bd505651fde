// KvStore over one Consul agent.
#include "consul/store.hpp"

#include <algorithm>
#include <utility>

#include "folder.hpp"

namespace kvstore::consul {
namespace {

using boost::asio::awaitable;
using boost::beast::http::verb;
using http_client::Response;

constexpr std::size_t max_transaction_operations = 64;
constexpr std::string_view kv_path = "/v1/kv/";
constexpr std::string_view transaction_path = "/v1/txn";

std::string path_of(std::string_view key) {
  return std::string(kv_path) + std::string(key);
}

Query condition(const std::optional<Version>& expected) {
  if (!expected) return {};
  return {{"cas", std::to_string(static_cast<std::uint64_t>(*expected))}};
}

std::string describe(const Transaction& transaction) {
  const std::string more = transaction.size() > 1 ? " and " + std::to_string(transaction.size() - 1) + " more" : "";
  return "transaction of " + key_of(transaction.front()) + more;
}

}  // namespace

Store::Store(std::unique_ptr<Agent> agent) : agent_(std::move(agent)) {}

std::size_t Store::max_operations() const noexcept {
  return max_transaction_operations;
}

awaitable<Result<Entry>> Store::get(std::string key, Deadline deadline) {
  const std::string what = "get " + key;
  if (auto valid = check_key(key); !valid) co_return agent_->with_name(valid.error(), "get");
  const std::string path = path_of(key);
  Call call{.path = path};
  auto response = co_await agent_->ask(std::move(call), what, deadline);
  if (!response) co_return response.error();
  if (response->result_int() == 404) co_return agent_->error(Errc::not_found, what, "");
  auto entries = decode_entries(response->body());
  if (!entries) co_return agent_->with_name(entries.error(), what);
  if (entries->size() != 1 || entries->front().key != key) {
    co_return agent_->error(Errc::protocol_error, what, "the answer is about another key");
  }
  co_return std::move(entries->front());
}

awaitable<Result<std::vector<Entry>>> Store::list(std::string folder, Deadline deadline) {
  const std::string_view bare = without_trailing_slashes(folder);
  const std::string what = "list " + std::string(bare);
  if (auto valid = check_key(bare); !valid && !folder.empty()) co_return agent_->with_name(valid.error(), "list");
  const std::string path = path_of(bare);
  Call call{.path = path, .query = {{"recurse", std::nullopt}}};
  auto response = co_await agent_->ask(std::move(call), what, deadline);
  if (!response) co_return response.error();
  if (response->result_int() == 404) co_return std::vector<Entry>();
  auto entries = decode_entries(response->body());
  if (!entries) co_return agent_->with_name(entries.error(), what);
  // Consul lists by prefix: "a" gives "ab" too.
  std::erase_if(*entries, [bare](const Entry& entry) { return !is_in_folder(entry.key, bare); });
  std::ranges::sort(*entries, {}, &Entry::key);
  co_return entries;
}

awaitable<Result<void>> Store::write(Call call, std::string_view what, Deadline deadline) {
  const bool is_conditional = !call.query.empty();
  call.effect = Effect::write;
  auto response = co_await agent_->ask(std::move(call), what, deadline);
  if (!response) co_return response.error();
  const std::string answer = one_line(response->body());
  if (response->result_int() == 200 && answer == "true") co_return Result<void>();
  if (response->result_int() == 200 && answer == "false" && is_conditional) {
    co_return agent_->error(Errc::conflict, what, "");
  }
  co_return agent_->error(Errc::outcome_unknown, what, "unexpected answer '" + answer + "'");
}

awaitable<Result<void>> Store::put(Put write_operation, Deadline deadline) {
  if (auto valid = check_operation(write_operation); !valid) co_return agent_->with_name(valid.error(), "put");
  const std::string what = "put " + write_operation.key;
  const std::string path = path_of(write_operation.key);
  Call call{.method = verb::put, .path = path, .query = condition(write_operation.expected)};
  call.body = std::move(write_operation.value);
  auto written = co_await write(std::move(call), what, deadline);
  co_return written;
}

awaitable<Result<void>> Store::remove(Delete removal, Deadline deadline) {
  if (auto valid = check_operation(removal); !valid) co_return agent_->with_name(valid.error(), "delete");
  const std::string what = "delete " + removal.key;
  const std::string path = path_of(removal.key);
  Call call{.method = verb::delete_, .path = path, .query = condition(removal.expected)};
  auto written = co_await write(std::move(call), what, deadline);
  co_return written;
}

awaitable<Result<void>> Store::transact(Transaction transaction, Deadline deadline) {
  if (auto valid = check_transaction(transaction, max_operations()); !valid) {
    co_return agent_->with_name(valid.error(), "transaction");
  }
  const std::string what = describe(transaction);
  Call call{.method = verb::put, .path = transaction_path, .body = encode_transaction(transaction)};
  call.effect = Effect::write;
  auto response = co_await agent_->ask(std::move(call), what, deadline);
  if (!response) co_return response.error();
  if (response->result_int() == 409) {
    const Refusal refusal = decode_refusal(response->body());
    co_return agent_->error(refusal.code, what, refusal.text);
  }
  if (response->result_int() != 200) {
    co_return agent_->error(Errc::protocol_error, what, "HTTP " + std::to_string(response->result_int()));
  }
  if (!is_committed(response->body())) {
    co_return agent_->error(Errc::outcome_unknown, what, "unexpected answer '" + one_line(response->body()) + "'");
  }
  co_return Result<void>();
}

}  // namespace kvstore::consul
