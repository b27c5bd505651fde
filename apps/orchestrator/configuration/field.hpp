// Binds a member of Configuration to its JSON form; used by the key table only.
#pragma once

#include <chrono>
#include <limits>

#include "configuration/key.hpp"

namespace orchestrator {

// A Codec<T> has: type, limits, secret, read(value, limits, target) -> "" or the problem, print(value, json).
template <class T>
struct Codec;

#define ORCHESTRATOR_CODEC(T, NAME, MIN, MAX)                                     \
  template <>                                                                     \
  struct Codec<T> {                                                               \
    static constexpr std::string_view type = NAME;                                \
    static constexpr Limits limits{MIN, MAX};                                     \
    static std::string read(const boost::json::value&, const Limits&, T& target); \
    static void print(const T&, std::string& json);                               \
  }

ORCHESTRATOR_CODEC(bool, "boolean", 0, 0);
ORCHESTRATOR_CODEC(int, "integer", 0, std::numeric_limits<int>::max());
ORCHESTRATOR_CODEC(std::uint16_t, "port", 1, 65535);
ORCHESTRATOR_CODEC(std::int64_t, "integer", 0, std::int64_t{1} << 53);
ORCHESTRATOR_CODEC(double, "number", 0, 1000000);
ORCHESTRATOR_CODEC(std::string, "string", 0, 0);
ORCHESTRATOR_CODEC(Secret, "secret", 0, 0);
ORCHESTRATOR_CODEC(Strings, "list of strings", 0, 0);
ORCHESTRATOR_CODEC(std::optional<Pattern>, "regular expression", 0, 0);
ORCHESTRATOR_CODEC(Patterns, "list of regular expressions", 0, 0);
ORCHESTRATOR_CODEC(ClusterAliases, "object: regular expression → alias", 0, 0);
ORCHESTRATOR_CODEC(AuthenticationMethod, "\"\", basic, multi, proxy, token or oauth", 0, 0);
ORCHESTRATOR_CODEC(BackendKind, "sqlite or mysql", 0, 0);
ORCHESTRATOR_CODEC(ConsulScheme, "http or https", 0, 0);
ORCHESTRATOR_CODEC(ConsulProvider, "consul or consul-txn", 0, 0);
ORCHESTRATOR_CODEC(HostnameResolveMethod, "none, default, cname or ip", 0, 0);
ORCHESTRATOR_CODEC(MySqlHostnameResolveMethod, "none, @@hostname or @@report_host", 0, 0);
#undef ORCHESTRATOR_CODEC

// Durations are whole numbers of the unit that the key's name carries, at most 100 years.
template <class Period>
struct Codec<std::chrono::duration<std::int64_t, Period>> {
  using Duration = std::chrono::duration<std::int64_t, Period>;
  static constexpr std::string_view type = Codec<std::int64_t>::type;
  static constexpr Limits limits{0, std::chrono::duration_cast<Duration>(std::chrono::years{100}).count()};
  static std::string read(const boost::json::value& value, const Limits& allowed, Duration& target) {
    std::int64_t count = 0;
    auto problem = Codec<std::int64_t>::read(value, allowed, count);
    if (problem.empty()) target = Duration{count};
    return problem;
  }
  static void print(const Duration& value, std::string& json) { Codec<std::int64_t>::print(value.count(), json); }
};

// The member reached by two member pointers: a part of Configuration, then a field of that part.
template <auto Part, auto Member>
struct Bound {
  using Type = std::remove_cvref_t<decltype((std::declval<Configuration&>().*Part).*Member)>;
  static std::string assign(Configuration& configuration, const boost::json::value& value, const Limits& limits) {
    return Codec<Type>::read(value, limits, (configuration.*Part).*Member);
  }
  static void print(const Configuration& configuration, std::string& json) {
    Codec<Type>::print((configuration.*Part).*Member, json);
  }
  static void copy(Configuration& to, const Configuration& from) { (to.*Part).*Member = (from.*Part).*Member; }
  static bool equal(const Configuration& a, const Configuration& b) { return (a.*Part).*Member == (b.*Part).*Member; }
};

template <auto Part, auto Member>
constexpr Field field = {Codec<typename Bound<Part, Member>::Type>::type,
                         Codec<typename Bound<Part, Member>::Type>::limits,
                         std::is_same_v<typename Bound<Part, Member>::Type, Secret>,
                         &Bound<Part, Member>::assign,
                         &Bound<Part, Member>::print,
                         &Bound<Part, Member>::copy,
                         &Bound<Part, Member>::equal};

}  // namespace orchestrator
