// The arguments of a peer, words of the form name=value, and what ends it: as
// harness/peers/arguments.hpp.

package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

func fail(code int, what string) {
	fmt.Fprintln(os.Stderr, "peer go: "+what)
	os.Exit(code)
}

func check(holds bool, what string) {
	if !holds {
		fail(3, what)
	}
}

type arguments map[string]string

func readArguments(words []string) arguments {
	values := arguments{}
	for _, word := range words {
		name, value, found := strings.Cut(word, "=")
		if !found {
			fail(2, "'"+word+"' is not of the form name=value")
		}
		values[name] = value
	}
	return values
}

func (a arguments) number(name string, otherwise, least, most float64) float64 {
	word, found := a[name]
	if !found {
		return otherwise
	}
	value, err := strconv.ParseFloat(word, 64)
	if err != nil || !(value >= least && value <= most) {
		fail(2, fmt.Sprintf("%s=%s: a number from %g to %g is expected", name, word, least, most))
	}
	delete(a, name)
	return value
}

func (a arguments) refuseTheRest() {
	for name := range a {
		fail(2, "there is no argument '"+name+"'")
	}
}
