#include "harness/text/messages.hpp"

#include <unistd.h>

#include "harness/files/result_folder.hpp"

namespace tricolour {

void say_text(std::string_view text) { write_fully(STDERR_FILENO, text); }

}  // namespace tricolour
