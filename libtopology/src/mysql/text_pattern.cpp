// Regular expressions of the configuration, on Boost.Regex.
#include "topology/mysql/text_pattern.hpp"

#include <boost/regex.hpp>

namespace topology::mysql {
namespace {

using Match = boost::match_results<std::string_view::const_iterator>;

// Boost gives up with an exception on an expression that takes too many steps.
bool search(std::string_view text, Match& match, const boost::regex& expression) noexcept {
  try {
    return boost::regex_search(text.begin(), text.end(), match, expression);
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

struct TextPattern::Compiled {
  boost::regex expression;
};

Result<TextPattern> TextPattern::compile(std::string_view expression) {
  try {
    TextPattern pattern;
    pattern.compiled_ = std::make_shared<const Compiled>(boost::regex(expression.begin(), expression.end()));
    return pattern;
  } catch (const boost::regex_error& error) {
    return make_error(Errc::parse_error, "regular expression '" + std::string(expression) + "': " + error.what());
  }
}

bool TextPattern::matches(std::string_view text) const noexcept {
  Match match;
  return compiled_ && search(text, match, compiled_->expression);
}

std::string TextPattern::first_group(std::string_view text) const {
  Match match;
  if (!compiled_ || !search(text, match, compiled_->expression) || match.size() < 2) {
    return "";
  }
  return match[1].str();
}

}  // namespace topology::mysql
