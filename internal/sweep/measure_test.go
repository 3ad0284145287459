package sweep

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/result"
)

const ms = time.Millisecond

// served are n answers, one every gap from from on, each due a latency before it was done.
func served(from time.Duration, n int, gap, latency time.Duration) (all []result.Entry) {
	for i := range n {
		done := from + time.Duration(i)*gap
		all = append(all, result.Entry{Due: done - latency, Sent: done - latency, Done: done, Outcome: result.Good, Status: 200})
	}
	return all
}

// turnedAway are n refusals, due one every gap from from on, each after 2 ms.
func turnedAway(from time.Duration, n int, gap time.Duration) (all []result.Entry) {
	for i := range n {
		due := from + time.Duration(i)*gap
		all = append(all, result.Entry{Due: due, Sent: due, Done: due + 2*ms, Outcome: result.Shed, Status: 503})
	}
	return all
}

func close(a Figure, b float64) bool { return math.Abs(float64(a)-b) <= 1e-9 }

func TestGoodputCountsWhatEndedInTheStorm(t *testing.T) {
	x := expectation{from: 2 * time.Second, to: 12 * time.Second, end: 17 * time.Second, rate: 400, capacity: 40, unloadedP99: time.Second}
	entries := served(2*time.Second, 400, 25*ms, 800*ms)                               // 40 a second, the first of them due before the storm
	entries = append(entries, served(12*time.Second, 40, 25*ms, 500*ms)...)            // ended after it
	entries = append(entries, turnedAway(2*time.Second, 3600, 10*time.Second/3600)...) // nine of ten
	f := measure(entries, x)
	if f.Goodput != 40 || f.Share != 1 {
		t.Errorf("goodput %v, %v of the capacity, want 40 and all of it", f.Goodput, f.Share)
	}
	if want := 0.8; !close(f.P50, want) || !close(f.P99, want) || !close(f.P99Times, want) {
		t.Errorf("admitted p50 %v and p99 %v, %v of the unloaded, want %v each", f.P50, f.P99, f.P99Times, want)
	}
	if !close(f.RefusedP99, 0.002) || math.Abs(f.Refused-0.9) > 0.01 {
		t.Errorf("%v refused with p99 %v, want nine of ten after 2 ms", f.Refused, f.RefusedP99)
	}
	if !close(f.Onset, 1) {
		t.Errorf("onset %v of a storm without a gap, want 1", f.Onset)
	}
	if !math.IsNaN(float64(f.OracleShare)) {
		t.Errorf("a share of the oracle, %v, before there was one", f.OracleShare)
	}
}

func TestOnsetIsTheWorstWindowOf400Expected(t *testing.T) {
	x := expectation{from: 0, to: 20 * time.Second, rate: 400, capacity: 40}
	for _, c := range []struct {
		name string
		good []result.Entry
		want float64
	}{
		{"an even stream", served(0, 800, 25*ms, 0), 1},
		{"nothing for the first two seconds", served(2*time.Second, 720, 25*ms, 0), 0.8},
		{"nothing for the last two seconds", served(0, 720, 25*ms, 0), 0.8},
		{"a hole of four seconds in the middle", append(served(0, 320, 25*ms, 0), served(12*time.Second, 320, 25*ms, 0)...), 0.6},
		{"nothing", nil, 0},
	} {
		var good []time.Duration
		for _, e := range c.good {
			good = append(good, e.Done)
		}
		if got := onset(good, x); math.Abs(float64(got)-c.want) > 0.003 { // one completion of 400
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	x.rate = 20 // below the capacity the arrivals are expected: 400 of them are the whole storm
	even := served(0, 400, 50*ms, 0)
	var good []time.Duration
	for _, e := range even {
		good = append(good, e.Done)
	}
	if got := onset(good, x); !close(got, 1) {
		t.Errorf("at half the capacity %v, want 1", got)
	}
}

func TestSettledIsFromWhereTheShareStays(t *testing.T) {
	x := expectation{from: 0, to: 20 * time.Second, end: 25 * time.Second, rate: 12_000, capacity: 40}
	gap := 100 * ms / 1200
	all := func(refused ...time.Duration) (entries []result.Entry) { // refused from here to there, and from there on; the others are let in
		for i := range 60_000 {
			due := time.Duration(i) * gap
			e := result.Entry{Due: due, Sent: due, Done: due + time.Second, Outcome: result.Good}
			if due >= refused[0] && due < refused[1] || due >= refused[2] {
				e.Outcome, e.Status = result.Shed, 503
			}
			entries = append(entries, e)
		}
		return entries
	}
	for _, c := range []struct {
		name    string
		entries []result.Entry
		want    float64
	}{
		{"at once", all(0, 0, 0), 0},
		{"after 300 ms", all(0, 0, 300*ms), 0.3},
		{"at once, and not for long", all(0, time.Second, 2*time.Second), 2},
	} {
		if got := settled(c.entries, x); !close(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got := settled(all(0, 0, time.Hour), x); !math.IsNaN(float64(got)) {
		t.Errorf("nobody refused: settled after %v, want none", got)
	}
	if got := settled(all(0, 0, 0), expectation{to: time.Second, rate: 42, capacity: 40}); !math.IsNaN(float64(got)) {
		t.Errorf("a twentieth to be refused: %v, want none: a window of a second cannot tell", got)
	}
}

func TestRecoveryIsFromWhereAllIsWell(t *testing.T) {
	x := expectation{from: 2 * time.Second, to: 22 * time.Second, end: 27 * time.Second, rate: 400, capacity: 40, unloadedP99: time.Second}
	after := func(bad, slow time.Duration) (entries []result.Entry) { // until bad all time out, until slow all are slow
		for due := x.to; due < x.end; due += 50 * ms {
			e := result.Entry{Due: due, Sent: due, Done: due + 800*ms, Outcome: result.Good}
			switch since := due - x.to; {
			case since < bad:
				e.Outcome, e.Kind, e.Done = result.Failed, result.KindTimeout, due+3*time.Second
			case since < slow:
				e.Done = due + 2500*ms
			}
			entries = append(entries, e)
		}
		return entries
	}
	for _, c := range []struct {
		name    string
		entries []result.Entry
		want    float64
	}{
		{"at once", after(0, 0), 0},
		{"after a second of timeouts", after(time.Second, 0), 0.9}, // one timeout in 81 is within 97 %, and no p99 of them
		{"good and too slow", after(0, 1500*ms), 1.5},
		{"never", after(time.Hour, 0), math.NaN()},
	} {
		got := recovery(c.entries, x)
		if math.IsNaN(c.want) != math.IsNaN(float64(got)) || !math.IsNaN(c.want) && math.Abs(float64(got)-c.want) > 0.101 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestTheOracleKeepsWithinItsLatency(t *testing.T) {
	for _, c := range []struct {
		name   string
		trials []Trial
		want   int
	}{
		{"the most goodput", []Trial{{28, 35, 1}, {32, 40, 1.1}, {36, 39, 1.2}}, 32},
		{"and not by queueing in the service", []Trial{{28, 35, 1}, {32, 39, 1.1}, {40, 40, 2}}, 32},
		{"unless there is no other", []Trial{{28, 35, 2}, {32, 40, 3}}, 32},
	} {
		if got := bestLimit(c.trials, 1.3); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestABucketIsNamedByItsBound(t *testing.T) {
	const metrics = `# TYPE wait histogram
wait_bucket{le="0.001"} 90
wait_bucket{le="0.01"} 99
wait_bucket{le="30"} 100
wait_bucket{le="+Inf"} 100
wait_sum 2
wait_count 100
`
	for q, want := range map[float64]float64{0.5: 0.001, 0.99: 0.01, 0.999: 30} {
		if got := bucketQuantile(metrics, "wait", q); !close(got, want) {
			t.Errorf("quantile %v: %v, want %v", q, got, want)
		}
	}
	if got := bucketQuantile(metrics, "other", 0.5); !math.IsNaN(float64(got)) {
		t.Errorf("of no such histogram: %v", got)
	}
}

func TestAFigureThatIsNotThereIsNull(t *testing.T) {
	text, err := json.Marshal([]Figure{1.5, Figure(none())})
	if err != nil || string(text) != "[1.5,null]" {
		t.Errorf("%s, %v", text, err)
	}
}
