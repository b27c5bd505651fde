// Member changes and configurations as the scripts write them: members are numbers, changes "v1 l2 r3 u4".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "consensus/configuration.hpp"

namespace conformance {

// Names that sort like their numbers; zero is no name.
[[nodiscard]] consensus::NodeId node_id(unsigned number);
// Zero for no name.
[[nodiscard]] unsigned number_of(const consensus::NodeId& id);

// Throws std::runtime_error for what is no change.
[[nodiscard]] std::vector<consensus::MemberChange> parse_changes(std::string_view text);
// "voters=(1 2)&&(1) learners=(3) learners_next=(1) autoleave".
[[nodiscard]] std::string print(const consensus::Configuration& configuration);

}  // namespace conformance
