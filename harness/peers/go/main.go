// gcbench and latency under Go's collector.
//
// Purpose: the twin of harness/peers/gcbench.hpp and latency.hpp: the same work, checks, arguments
// and line of JSON. The heap's limit is GOMEMLIMIT with GOGC=off, both in the environment.
//
// Usage: peer_go gcbench|latency|quantiles [NAME=VALUE...]
// Exit codes: 0; 1 internal error; 2 wrong arguments; 3 a check failed. Out of memory
// ends the program with 2 and Go's own message.
package main

import (
	"bufio"
	"os"
	"strconv"
)

func printQuantiles() {
	h := newHistogram()
	for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
		value, err := strconv.ParseUint(scanner.Text(), 10, 64)
		if err != nil {
			fail(2, err.Error())
		}
		h.record(value, 1)
	}
	printJSON(h.percentiles(h.total, ""))
}

func main() {
	program := ""
	if len(os.Args) > 1 {
		program = os.Args[1]
	}
	switch program {
	case "quantiles":
		printQuantiles()
	case "gcbench":
		runGcbench(readArguments(os.Args[2:])).print()
	case "latency":
		runLatency(readArguments(os.Args[2:])).print()
	default:
		fail(2, "usage: gcbench|latency|quantiles [NAME=VALUE...]")
	}
}
