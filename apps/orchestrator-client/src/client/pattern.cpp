// Regular expressions by Boost.Regex, whose steps are bounded.
#include "client/pattern.hpp"

#include <boost/regex.hpp>
#include <string>

namespace orchestrator::client {

struct Pattern::Compiled {
  boost::regex regex;
};

Pattern::Pattern(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

Result<Pattern> Pattern::compile(std::string_view expression) {
  try {
    return Pattern(std::make_shared<Compiled>(Compiled{boost::regex(expression.begin(), expression.end())}));
  } catch (const boost::regex_error& error) {
    return Failure{"Invalid regular expression: " + std::string(error.what())};
  }
}

Result<bool> Pattern::is_in(std::string_view text) const {
  try {
    return boost::regex_search(text.begin(), text.end(), compiled_->regex);
  } catch (const std::runtime_error& error) {
    return Failure{"the regular expression is too complex: " + std::string(error.what())};
  }
}

}  // namespace orchestrator::client
