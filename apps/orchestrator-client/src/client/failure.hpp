// Failure: why a command of the client ended without a result.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace orchestrator::client {

// Who speaks in a failure's message. What the server says is printed as it is; what the client says is prefixed with
// the program's name and process id.
enum class Speaker { client, server };

// Never holds a password: messages name an endpoint without its user information, and an option without its value.
struct Failure {
  std::string message;
  std::string output = {};  // goes to standard output: the Details of the server's error, as JSON
  Speaker speaker = Speaker::client;
};

[[noreturn]] inline void throw_exception_from_error(const Failure& failure, const boost::source_location&) {
  throw std::runtime_error(failure.message);
}

// A value or a Failure. Not looking at it is a compiler warning.
template <class T>
class [[nodiscard]] Result : public boost::system::result<T, Failure> {
  using Base = boost::system::result<T, Failure>;

 public:
  Result(T value) : Base(boost::system::in_place_value, std::move(value)) {}
  Result(Failure failure) : Base(boost::system::in_place_error, std::move(failure)) {}
};

}  // namespace orchestrator::client
