// Requests against a large live set, the twin of harness/peers/latency.hpp.

package main

import (
	"math"
	"math/bits"
	"time"
)

// splitMix is the generator of workloads/random.hpp.
type splitMix uint64

func mix(word uint64) uint64 {
	word = (word ^ word>>30) * 0xbf58476d1ce4e5b9
	word = (word ^ word>>27) * 0x94d049bb133111eb
	return word ^ word>>31
}

func (s *splitMix) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	return mix(uint64(*s))
}

func (s *splitMix) below(bound uint64) uint64 {
	high, _ := bits.Mul64(s.next(), bound)
	return high
}

func (s *splitMix) fraction() float64 { return float64(s.next()>>11+1) * 0x1p-53 }

const (
	chainLength  = 3
	sampledEvery = 64
	spunNs       = 100_000
)

type link struct {
	next                      *link
	serial, slot, place, hash uint64
	unused                    [6]uint64
}

type latency struct {
	random splitMix
	chains []*link
	serial uint64
	checks uint64
}

func runLatency(a arguments) *outcome {
	liveBytes := 1e6 * a.number("live_mb", 400, 0.1, 60_000)
	rate := a.number("rate", 0, 0, 1e7)
	warmup := a.number("warmup", 0.5, 0, 1e4)
	seconds := a.number("seconds", 3, 0.001, 1e4)
	seed := splitMix(a.number("seed", 42, 0, 1e15))
	a.refuseTheRest()
	slots := uint64(liveBytes) / (8 + chainLength*96)
	if slots == 0 {
		fail(2, "live_mb is too small for one chain")
	}
	l := &latency{random: seed, chains: make([]*link, slots)}
	for slot := range l.chains {
		l.chains[slot] = l.makeChain(uint64(slot))
	}
	if warmup > 0 {
		l.measure(rate, warmup, seed+1)
	}
	o := l.measure(rate, seconds, seed+2)
	for slot, chain := range l.chains {
		l.checkChain(chain, uint64(slot))
	}
	o.Checks = l.checks
	return o
}

func (l *latency) measure(rate, seconds float64, seed splitMix) *outcome {
	o := &outcome{Program: "latency"}
	recorded := &latencies{newHistogram(), 1}
	before := collections()
	begin := nanoseconds()
	deadline := begin + int64(seconds*1e9)
	end, from := int64(0), "start"
	var unserved *uint64
	if rate > 0 {
		from = "intended"
		end, unserved = l.openLoop(o, recorded, begin, deadline, 1e9/rate, seed)
	} else {
		end = l.closedLoop(o, recorded, begin, deadline)
	}
	o.WallNs = end - begin
	o.Collections = collections() - before
	o.Requests = recorded.histogram.percentiles(o.Operations, from)
	o.Requests.Unserved = unserved
	return o
}

func (l *latency) closedLoop(o *outcome, recorded *latencies, start, deadline int64) int64 {
	for ; start < deadline; o.Operations++ {
		l.request()
		end := nanoseconds()
		recorded.record(end - start)
		if end-start > o.LongestGapNs {
			o.LongestGapNs = end - start
		}
		start = end
	}
	return start
}

func (l *latency) openLoop(o *outcome, recorded *latencies, begin, deadline int64, gap float64,
	arrivals splitMix) (int64, *uint64) {
	due, last := float64(begin), begin
	for ; last < deadline; o.Operations++ {
		due -= math.Log(arrivals.fraction()) * gap
		intended := int64(due)
		waitUntil(intended)
		l.request()
		end := nanoseconds()
		recorded.record(end - intended)
		if end-last > o.LongestGapNs {
			o.LongestGapNs = end - last
		}
		last = end
	}
	unserved := uint64((float64(last) - due) / gap)
	return last, &unserved
}

// waitUntil sleeps through most of a long wait and polls through the rest.
func waitUntil(due int64) {
	if left := due - nanoseconds(); left > 2*spunNs {
		time.Sleep(time.Duration(left - spunNs))
	}
	for nanoseconds() < due {
	}
}

func (l *latency) request() {
	slot := l.random.below(uint64(len(l.chains)))
	chain := l.makeChain(slot)
	replaced := l.chains[slot]
	l.chains[slot] = chain
	if l.serial%sampledEvery == 0 {
		l.checkChain(replaced, slot)
	}
}

func (l *latency) makeChain(slot uint64) *link {
	l.serial++
	var head *link
	for place := uint64(chainLength); place > 0; place-- {
		head = &link{next: head, serial: l.serial, slot: slot, place: place - 1,
			hash: mix(l.serial ^ slot)}
	}
	return head
}

func checkLink(k *link, slot, place uint64) uint64 {
	check(k != nil, "latency: a chain has lost a link")
	check(k.slot == slot && k.place == place && k.hash == mix(k.serial^slot),
		"latency: a link does not hold what was written to it")
	return k.serial
}

func (l *latency) checkChain(k *link, slot uint64) {
	of := checkLink(k, slot, 0)
	for place := uint64(1); place < chainLength; place++ {
		k = k.next
		check(checkLink(k, slot, place) == of, "latency: a chain is made of two")
	}
	check(k.next == nil, "latency: a chain is too long")
	l.checks++
}
