// The arguments of a peer, words of the form name=value, and what ends it.
//
// Purpose: as harness/peers/arguments.hpp. A name that the program does not know is refused.

import java.util.HashMap;
import java.util.Map;

final class Arguments {
  private final Map<String, String> values = new HashMap<>();

  Arguments(String[] words) {
    for (int i = 1; i < words.length; ++i) {
      int equals = words[i].indexOf('=');
      if (equals < 0) throw new UsageError("'" + words[i] + "' is not of the form name=value");
      values.put(words[i].substring(0, equals), words[i].substring(equals + 1));
    }
  }
  double number(String name, double otherwise, double least, double most) {
    String word = values.remove(name);
    if (word == null) return otherwise;
    double value;
    try {
      value = Double.parseDouble(word);
    } catch (NumberFormatException error) {
      value = Double.NaN;
    }
    if (!(value >= least && value <= most)) {
      throw new UsageError(
          name + "=" + word + ": a number from " + least + " to " + most + " is expected");
    }
    return value;
  }
  void refuseTheRest() {
    if (!values.isEmpty())
      throw new UsageError("there is no argument '" + values.keySet().iterator().next() + "'");
  }
}

final class UsageError extends RuntimeException {
  UsageError(String what) { super(what); }
}
final class CheckFailed extends RuntimeException {
  CheckFailed(String what) { super(what); }
  static void check(boolean holds, String what) {
    if (!holds) throw new CheckFailed(what);
  }
}
