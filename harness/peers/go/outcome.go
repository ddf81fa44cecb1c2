// What a peer records and prints: as harness/peers/outcome.hpp and harness/record/histogram.hpp.

package main

import (
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

var start = time.Now()

// nanoseconds reads the monotonic clock alone, which time.Now does not.
func nanoseconds() int64 { return int64(time.Since(start)) }

const (
	bucketBits = 7
	half       = 1 << (bucketBits - 1)
)

// histogram is the log-linear one of harness/record/histogram.hpp: a quantile is at most 1/64 above, the
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
	Count uint64 `json:"count"`
	From  string `json:"from,omitempty"`
	// As in outcome.hpp; nil in a closed loop.
	Unserved *uint64 `json:"unserved,omitempty"`
	P50      *uint64 `json:"p50_ns"`
	P90      *uint64 `json:"p90_ns"`
	P99      *uint64 `json:"p99_ns"`
	P999     *uint64 `json:"p999_ns"`
	P9999    *uint64 `json:"p9999_ns"`
	Max      uint64  `json:"max_ns"`
}

func (h *histogram) percentiles(count uint64, from string) *percentiles {
	at := func(p float64, leastCount uint64) *uint64 {
		if h.total < leastCount {
			return nil
		}
		value := h.quantile(p)
		return &value
	}
	return &percentiles{count, from, nil, at(0.5, 1), at(0.9, 1), at(0.99, 1), at(0.999, 1),
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
