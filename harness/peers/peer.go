// gcbench and latency under Go's collector.
//
// Purpose: the twin of harness/peers/gcbench.hpp and latency.hpp: the same work, checks, arguments
// and line of JSON. The heap's limit is GOMEMLIMIT with GOGC=off, both in the environment.
// Usage: peer_go gcbench|latency|quantiles [NAME=VALUE...]
// Exit codes: 0; 1 internal error; 2 wrong arguments; 3 a check failed. Out of memory
// ends the program with 2 and Go's own message.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"math/bits"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
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

// --- arguments ---------------------------------------------------------------------------------

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

// --- recording ---------------------------------------------------------------------------------

var start = time.Now()

// nanoseconds reads the monotonic clock alone, which time.Now does not.
func nanoseconds() int64 { return int64(time.Since(start)) }

const (
	bucketBits = 7
	half       = 1 << (bucketBits - 1)
)

// histogram is the log-linear one of harness/histogram.hpp: a quantile is at most 1/64 above, the
// maximum exact.
type histogram struct {
	counts  []uint64
	total   uint64
	largest uint64
}

func newHistogram() *histogram {
	return &histogram{counts: make([]uint64, bucketOf(math.MaxUint64)+1)}
}

func (h *histogram) record(value, times uint64) {
	h.counts[bucketOf(value)] += times
	h.total += times
	if value > h.largest {
		h.largest = value
	}
}

func (h *histogram) quantile(p float64) uint64 {
	wanted := uint64(math.Max(1, math.Ceil(p*float64(h.total))))
	seen := uint64(0)
	for bucket, count := range h.counts {
		seen += count
		if seen >= wanted {
			if last := lastOf(uint64(bucket)); last < h.largest {
				return last
			}
			return h.largest
		}
	}
	return h.largest
}

func bucketOf(value uint64) uint64 {
	width := uint64(bits.Len64(value))
	if width <= bucketBits {
		return value
	}
	shift := width - bucketBits
	return shift*half + value>>shift
}

func lastOf(bucket uint64) uint64 {
	if bucket < 2*half {
		return bucket
	}
	shift := bucket/half - 1
	return (bucket-shift*half)<<shift + (1<<shift - 1)
}

type percentiles struct {
	Count uint64  `json:"count"`
	From  string  `json:"from,omitempty"`
	P50   *uint64 `json:"p50_ns"`
	P90   *uint64 `json:"p90_ns"`
	P99   *uint64 `json:"p99_ns"`
	P999  *uint64 `json:"p999_ns"`
	P9999 *uint64 `json:"p9999_ns"`
	Max   uint64  `json:"max_ns"`
}

func (h *histogram) percentiles(count uint64, from string) *percentiles {
	at := func(p float64, leastCount uint64) *uint64 {
		if h.total < leastCount {
			return nil
		}
		value := h.quantile(p)
		return &value
	}
	return &percentiles{count, from, at(0.5, 1), at(0.9, 1), at(0.99, 1), at(0.999, 1),
		at(0.9999, 100_000), h.largest}
}

const (
	longNs = 4096
	stride = 128
)

// latencies records each of 4096 ns or more by itself; of the shorter ones every 128th for all of
// them.
type latencies struct {
	histogram    *histogram
	untilSampled int
}

func (l *latencies) record(latency int64) {
	if latency < longNs {
		l.untilSampled--
		if l.untilSampled != 0 {
			return
		}
		l.untilSampled = stride
		l.histogram.record(uint64(latency), stride)
	} else {
		l.histogram.record(uint64(latency), 1)
	}
}

type outcome struct {
	Program       string       `json:"program"`
	Memory        string       `json:"memory"`
	WallNs        int64        `json:"wall_ns"`
	Operations    uint64       `json:"operations"`
	OperationsPer float64      `json:"operations_per_s"`
	Checks        uint64       `json:"checks"`
	Collections   uint32       `json:"collections"`
	PeakResident  uint64       `json:"peak_resident"`
	LongestGapNs  int64        `json:"longest_gap_ns"`
	Requests      *percentiles `json:"requests"`
}

func (o *outcome) print() {
	o.Memory = "go"
	o.OperationsPer = 1e9 * float64(o.Operations) / float64(o.WallNs)
	o.PeakResident = peakResident()
	printJSON(o)
}

func printJSON(value any) {
	text, err := json.Marshal(value)
	if err != nil {
		fail(1, err.Error())
	}
	fmt.Println(string(text))
}

func collections() uint32 {
	var statistics runtime.MemStats
	runtime.ReadMemStats(&statistics)
	return statistics.NumGC
}

func peakResident() uint64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fail(1, err.Error())
	}
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "VmHWM:") {
			kilobytes, _ := strconv.ParseUint(strings.Fields(line)[1], 10, 64)
			return 1024 * kilobytes
		}
	}
	return 0
}

// --- gcbench -----------------------------------------------------------------------------------

type node struct {
	left, right      *node
	serial, position int32
}

type gcbench struct {
	leastDepth, mostDepth, stretchDepth int
	arrayLength                         int
	serial                              int32
	checks                              uint64
}

func runGcbench(a arguments) *outcome {
	scale := int(a.number("scale", 0, -4, 6))
	warmup := int(a.number("warmup", 1, 0, 1e6))
	passes := int(a.number("passes", 3, 1, 1e6))
	mostNs := int64(1e9 * a.number("most_seconds", 1e4, 0, 1e4))
	a.refuseTheRest()
	length := 500_000
	if scale >= 0 {
		length <<= 3 * scale / 2
	} else {
		length >>= -3 * scale / 2
	}
	g := &gcbench{leastDepth: 4 + scale, mostDepth: 16 + scale, stretchDepth: 18 + scale,
		arrayLength: length}
	g.repeat(warmup, mostNs)
	g.checks = 0
	before := collections()
	o := g.repeat(passes, mostNs)
	o.Checks = g.checks
	o.Collections = collections() - before
	return o
}

// repeat makes passes, or fewer when they take longer than mostNs.
func (g *gcbench) repeat(passes int, mostNs int64) *outcome {
	o := &outcome{Program: "gcbench"}
	begin := nanoseconds()
	last := begin
	for i := 0; i < passes && last-begin <= mostNs; i++ {
		g.pass()
		now := nanoseconds()
		if now-last > o.LongestGapNs {
			o.LongestGapNs = now - last
		}
		last = now
		o.Operations++
	}
	o.WallNs = last - begin
	return o
}

func treeSize(depth int) uint64 { return 2<<depth - 1 }

func populateBelow(parent *node, depth int, serial, position int32) {
	parent.left = &node{nil, nil, serial, 2 * position}
	parent.right = &node{nil, nil, serial, 2*position + 1}
	if depth == 1 {
		return
	}
	populateBelow(parent.left, depth-1, serial, 2*position)
	populateBelow(parent.right, depth-1, serial, 2*position+1)
}

func populate(depth int, serial int32) *node {
	root := &node{nil, nil, serial, 1}
	if depth > 0 {
		populateBelow(root, depth, serial, 1)
	}
	return root
}

func makeAbove(depth int, serial, position int32) *node {
	if depth == 1 {
		left := &node{nil, nil, serial, 2 * position}
		return &node{left, &node{nil, nil, serial, 2*position + 1}, serial, position}
	}
	left := makeAbove(depth-1, serial, 2*position)
	return &node{left, makeAbove(depth-1, serial, 2*position+1), serial, position}
}

func makeTree(depth int, serial int32) *node {
	if depth == 0 {
		return &node{nil, nil, serial, 1}
	}
	return makeAbove(depth, serial, 1)
}

func checkNode(n *node, serial, position int32) {
	check(n != nil, "gcbench: a tree has lost a node")
	check(n.serial == serial && n.position == position,
		"gcbench: a tree's node does not hold what was written to it")
}

func checkLeaf(n *node) {
	check(n.left == nil && n.right == nil, "gcbench: a tree's leaf has children")
}

func (g *gcbench) checkPath(n *node, depth int, serial int32) {
	turns := uint32(serial) * 0x9e3779b9 >> 7
	position := int32(1)
	for level := 0; level < depth && n != nil; level++ {
		side := turns >> level & 1
		if side == 0 {
			n = n.left
		} else {
			n = n.right
		}
		position = 2*position + int32(side)
	}
	checkNode(n, serial, position)
	checkLeaf(n)
	g.checks++
}

func checkAll(n *node, depth int, serial, position int32) uint64 {
	checkNode(n, serial, position)
	if depth == 0 {
		checkLeaf(n)
		return 1
	}
	return 1 + checkAll(n.left, depth-1, serial, 2*position) +
		checkAll(n.right, depth-1, serial, 2*position+1)
}

func (g *gcbench) element(i int) float64 {
	if i < g.arrayLength/2 {
		return 1 / float64(i+1)
	}
	return 0
}

func (g *gcbench) construct(depth int) {
	iterations := 2 * treeSize(g.stretchDepth) / treeSize(depth)
	for i := uint64(0); i < iterations; i++ {
		g.serial++
		g.checkPath(populate(depth, g.serial), depth, g.serial)
	}
	for i := uint64(0); i < iterations; i++ {
		g.serial++
		g.checkPath(makeTree(depth, g.serial), depth, g.serial)
	}
}

func (g *gcbench) pass() {
	g.serial = 1
	g.checkPath(makeTree(g.stretchDepth, g.serial), g.stretchDepth, g.serial)
	g.serial++
	longLivedSerial := g.serial
	longLived := populate(g.mostDepth, longLivedSerial)
	array := make([]float64, g.arrayLength)
	for i := 0; i < g.arrayLength/2; i++ {
		array[i] = g.element(i)
	}
	for depth := g.leastDepth; depth <= g.mostDepth; depth += 2 {
		g.construct(depth)
	}
	nodes := checkAll(longLived, g.mostDepth, longLivedSerial, 1)
	check(nodes == treeSize(g.mostDepth), "gcbench: the long-lived tree has lost nodes")
	wrong := 0
	for i := range array {
		if array[i] != g.element(i) {
			wrong++
		}
	}
	check(wrong == 0, "gcbench: the array has changed")
	g.checks += nodes + uint64(g.arrayLength)
}

// --- latency -----------------------------------------------------------------------------------

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
	if rate > 0 {
		end, from = l.openLoop(o, recorded, begin, deadline, 1e9/rate, seed), "intended"
	} else {
		end = l.closedLoop(o, recorded, begin, deadline)
	}
	o.WallNs = end - begin
	o.Collections = collections() - before
	o.Requests = recorded.histogram.percentiles(o.Operations, from)
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
	arrivals splitMix) int64 {
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
	return last
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

// --- the program -------------------------------------------------------------------------------

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
