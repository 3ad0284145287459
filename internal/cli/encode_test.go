package cli_test

import (
	"bytes"
	"context"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/internal/cli"
)

var resultsHeader = result.Header{
	Format: result.Format, Scenario: "tiny", Target: "http://127.0.0.1:8080", Operations: []string{"home", "claims.settle"},
	Started:  time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
	Document: "name: tiny\nseed: 1\nshape:\n  base: 2/s\n  phases:\n    - {hold: 2s, rate: 1x}\nrequests:\n  - {op: home, path: /home?x=1}\ntimeout: 2s\ngood_within: 1s\ndrain: 2s\n",
}

// fixture is a run of 1000 requests a second for two seconds in the order in which they ended, its last four entries without
// a time.
func fixture() []result.Entry {
	r := rand.New(rand.NewPCG(7, 8))
	var out []result.Entry
	for i := range 2000 {
		due := time.Duration(i) * time.Millisecond
		e := result.Entry{Seq: uint64(i), Attempt: 1, Op: uint16(i % 2), Due: due, Ready: due + 50_000, Sent: due + 2*time.Millisecond, Outcome: result.Good, Status: 200, BytesIn: 300, BytesOut: 100}
		e.Done = e.Sent + time.Duration(2e7*math.Exp(r.NormFloat64()))
		switch i {
		case 10:
			e.Outcome, e.Kind, e.Status = result.Shed, "status_503", 503
		case 11:
			e.Outcome, e.Kind, e.Status, e.Sent, e.BytesIn, e.BytesOut = result.Failed, result.KindDial, 0, -1, 0, 0
		case 12:
			e.Outcome, e.Kind = result.Failed, result.KindCheck+"total" // of an answer with status 200
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b result.Entry) int { return int(a.Done - b.Done) })
	never := result.Entry{Seq: 2000, Attempt: 1, Due: 2 * time.Second, Ready: 2 * time.Second, Sent: -1, Done: -1}
	for _, o := range []result.Outcome{result.Dropped, result.Dropped, result.Lost, result.Unfinished} {
		never.Outcome = o
		out = append(out, never)
	}
	return out
}

// writeResults writes entries as a run does, a block every 100 of them, without the last cut bytes.
func writeResults(name string, entries []result.Entry, cut int) error {
	var file bytes.Buffer
	if err := result.WriteEntriesHeader(&file, resultsHeader); err != nil {
		return err
	}
	var b result.Block
	for chunk := range slices.Chunk(entries, 100) {
		for i := range chunk {
			b.Append(&chunk[i])
		}
		file.Write(b.Close())
		b.Reset()
	}
	return os.WriteFile(name, file.Bytes()[:file.Len()-cut], 0o600)
}

// results writes a result log of 2000 requests, four of them without a time: results FILE [BYTES CUT OFF]
func results(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: results FILE [BYTES]")
	}
	cut := 0
	if len(args) == 2 {
		var err error
		cut, err = strconv.Atoi(args[1])
		ts.Check(err)
	}
	ts.Check(writeResults(ts.MkAbs(args[0]), fixture(), cut))
}

// encoded is what peakday encode writes.
func encoded(t *testing.T, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := cli.Main(context.Background(), append([]string{"encode"}, args...), nil, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	return stdout.Bytes()
}

// The oracle is vegeta: its own decoders and metrics read what was written.
func TestVegetaReadsEveryResult(t *testing.T) {
	file := filepath.Join(t.TempDir(), "protected.results")
	if err := writeResults(file, fixture(), 0); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"vegeta", "csv", "json"} {
		for _, clock := range []string{"due", "sent"} {
			var want []time.Duration
			for _, e := range fixture() {
				switch from := e.Sent; {
				case e.Done < 0:
				case clock == "due":
					want = append(want, e.Done-e.Due)
				case from < 0:
					want = append(want, e.Done-e.Ready)
				default:
					want = append(want, e.Done-from)
				}
			}
			slices.Sort(want)
			decoder := vegeta.DecoderFor(bytes.NewReader(encoded(t, file, "--to", to, "--clock", clock)))
			if decoder == nil {
				t.Fatalf("%s: vegeta knows no decoder for it", to)
			}
			var m vegeta.Metrics
			var got []time.Duration
			last := resultsHeader.Started
			for {
				var r vegeta.Result
				if err := decoder.Decode(&r); err == io.EOF {
					break
				} else if err != nil {
					t.Fatal(err)
				}
				if r.Seq != uint64(len(got)) || r.Timestamp.Before(last) {
					t.Fatalf("%s by %s: result %d has number %d and time %v after %v", to, clock, len(got), r.Seq, r.Timestamp, last)
				}
				if home := r.Method == "GET" && r.URL == "http://127.0.0.1:8080/home?x=1"; !home && r.URL != "http://127.0.0.1:8080/#claims.settle" || r.Attack != "tiny" {
					t.Fatalf("%s: %s %s of %s", to, r.Method, r.URL, r.Attack)
				}
				last = r.Timestamp
				got = append(got, r.Latency)
				m.Add(&r)
			}
			m.Close()
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s by %s: %d latencies, want %d, or others", to, clock, len(got), len(want))
			}
			if m.Requests != 2000 || m.StatusCodes["200"] != 1997 || m.StatusCodes["503"] != 1 || m.StatusCodes["0"] != 2 || len(m.Errors) != 3 ||
				m.BytesIn.Total != 300*1999 || m.BytesOut.Total != 100*1999 {
				t.Errorf("%s by %s: vegeta counts %+v", to, clock, m)
			}
			if p99 := want[1979]; math.Abs(float64(m.Latencies.P99-p99)) > 0.05*float64(p99) {
				t.Errorf("%s by %s: vegeta's p99 is %v, sort says %v", to, clock, m.Latencies.P99, p99)
			}
		}
	}
}

func TestPercentileTextHoldsTheQuantilesOfTheRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "protected.results")
	if err := writeResults(file, fixture(), 0); err != nil {
		t.Fatal(err)
	}
	var want []float64
	for _, e := range fixture() {
		if e.Done >= 0 {
			want = append(want, float64(e.Done-e.Due)/1e6)
		}
	}
	slices.Sort(want)
	seen := 0
	for line := range strings.Lines(string(encoded(t, file, "--to", "hdr"))) {
		words := strings.Fields(line)
		if len(words) != 4 || words[1] != "0.500000000000" && words[1] != "0.750000000000" && words[1] != "1.000000000000" {
			continue
		}
		q, _ := strconv.ParseFloat(words[1], 64)
		value, _ := strconv.ParseFloat(words[0], 64)
		if exact := want[int(math.Ceil(q*2000))-1]; math.Abs(value-exact) > 0.005*exact {
			t.Errorf("q%g is %g ms, sort says %g", q, value, exact)
		}
		seen++
	}
	if seen != 3 {
		t.Errorf("%d of 3 rows are there", seen)
	}
}
