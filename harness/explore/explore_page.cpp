// The page that steps through a counterexample: one file, no network. Its text is in page/.
#include "harness/explore/explore_report.hpp"
#include "harness/explore/page_text.hpp"

namespace tricolour {
namespace {

/// Inside a script element nothing may look like its end.
std::string safe_in_script(std::string text) {
  for (std::size_t at = 0; (at = text.find("</", at)) != std::string::npos; at += 3)
    text.replace(at, 2, "<\\/");
  return text;
}

}  // namespace

std::string exploration_page(const ExploreCommand& command, const exploration::Report& report) {
  constexpr std::string_view place = "id=\"report\">";
  std::string page = page_text;
  return page.insert(page.find(place) + place.size(),
                     safe_in_script(to_text(exploration_json(command, report))));
}

}  // namespace tricolour
