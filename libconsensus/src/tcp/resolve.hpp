// Finds the endpoints of addresses, also while name servers do not answer.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "async/tasks.hpp"
#include "consensus/error.hpp"
#include "tcp/address.hpp"

namespace consensus::tcp {

using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

// Looks a name up and calls back once, on the executor, however long that takes.
using LookUpDone = std::function<void(const boost::system::error_code&, Endpoints)>;
using LookUp = std::function<void(const Address&, LookUpDone)>;

// The system's resolver, which cannot be interrupted and does one thing at a time.
[[nodiscard]] LookUp system_look_up(const boost::asio::any_io_executor& executor);

// Looks names up each time, and falls back on what it found the last time. Made by make_shared.
class Resolver : public std::enable_shared_from_this<Resolver> {
 public:
  Resolver(async::Tasks& tasks, LookUp look_up) : tasks_(tasks), look_up_(std::move(look_up)) {}

  // An IP address needs no look-up. Of one name one look-up is under way at a time: a hanging name server is not asked
  // again and again. Errors: Errc::timeout (also for a name that is not known), the reason when all is closed.
  [[nodiscard]] boost::asio::awaitable<Result<Endpoints>> resolve(Address address, Duration timeout);

 private:
  struct Question;
  [[nodiscard]] Result<Endpoints> last_found(const Address& address, const std::string& problem) const;
  void begin(const std::shared_ptr<Question>& question, const Address& address);

  async::Tasks& tasks_;
  LookUp look_up_;
  std::map<std::string, Endpoints> found_;  // by address
  std::set<std::string> under_way_;
};

}  // namespace consensus::tcp
