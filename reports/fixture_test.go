package reports_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/capacity"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/sizing"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/scenarios"
)

// The fixture is a made-up drill of the flagship's size: 5/s, then 1,500/s for 24 s, at a service of 64 workers that
// take 0.8 s each and a queue of 2,176 before them. It stands in for a measurement and is shown to nobody but the tests.
const (
	quiet     = 8  // seconds at 5/s before the event
	rampUp    = 4  // seconds
	hold      = 24 // seconds at 1,500/s
	tail      = 4  // seconds at 5/s after it
	length    = quiet + rampUp + hold + tail
	drain     = 32
	workers   = 64
	queueRoom = 2176
)

func budget(t testing.TB, text string) scenarios.Budget {
	t.Helper()
	b, err := scenarios.ParseBudget(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// plan is the flagship without its promises.
var plan = scenarios.Scenario{
	Name: "reform-day-300x", Title: "Reform day: three hundred times the usual load within seconds", Seed: 7,
	Shape: scenarios.Shape{Base: 5, Compress: 7200, Phases: []scenarios.Phase{
		{Kind: scenarios.Hold, Length: quiet * time.Second, To: scenarios.Rate{Value: 1, Times: true}},
		{Kind: scenarios.Ramp, Length: rampUp * time.Second, To: scenarios.Rate{Value: 300, Times: true}},
		{Kind: scenarios.Hold, Length: hold * time.Second},
		{Kind: scenarios.Hold, Length: tail * time.Second, To: scenarios.Rate{Value: 1, Times: true}},
	}},
	Timeout: 30 * time.Second, GoodWithin: 3 * time.Second, Drain: drain * time.Second, MaxInFlight: 8192, Capacity: 80,
	Variants: []scenarios.Variant{{Name: "unprotected"}, {Name: "protected", Guard: true}},
}

func flagship(t testing.TB) scenarios.Scenario {
	s := plan
	s.Budgets = []scenarios.Budget{budget(t, "goodput >= 0.90*capacity"), budget(t, "admitted p95 <= 3s"), budget(t, "P0 success >= 0.1%")}
	s.Oracles = []scenarios.Budget{budget(t, "answered mean >= 25.2s"), budget(t, "answered mean <= 29.4s"),
		budget(t, "answered >= 0.95*capacity"), budget(t, "answered <= 1.05*capacity"), budget(t, "timeouts <= 0.1%")}
	return s
}

// plannedRate is the load in a second, arrivals per second.
func plannedRate(second int) int {
	switch {
	case second < quiet || second >= quiet+rampUp+hold:
		return 5
	case second < quiet+rampUp:
		return 5 + (second-quiet+1)*1495/rampUp
	}
	return 1500
}

// A rehearsal gathers the ticks of a made-up run.
type rehearsal struct {
	ticks [length + drain]result.Tick
	cells map[cellKey]int // place in its tick's cells
	end   result.End
}

type cellKey struct {
	done, due int
	op        string
	outcome   result.Outcome
	kind      string
}

func (r *rehearsal) record(due, done float64, op, class string, outcome result.Outcome, kind string) {
	tick := &r.ticks[min(int(done), len(r.ticks)-1)]
	key := cellKey{int(done), int(due), op, outcome, kind}
	at, ok := r.cells[key]
	if !ok {
		at = len(tick.Cells)
		r.cells[key] = at
		tick.Cells = append(tick.Cells, result.Cell{Due: int(due), Op: op, Class: class, Outcome: outcome, Kind: kind})
	}
	c := &tick.Cells[at]
	c.Count++
	took := time.Duration((done - due) * 1e9)
	c.Latency.Record(took)
	c.Service.Record(took)
}

// rehearse plays the plan at the service, with a limit on what it lets in, or with the queue alone when limit is 0.
func rehearse(s scenarios.Scenario, variant string, limit int) (result.Header, *rehearsal) {
	chance := rand.New(rand.NewPCG(s.Seed, 99))
	r := &rehearsal{cells: map[cellKey]int{}}
	var finish []float64 // when each admitted request ends, rising
	gone, planned := 0, uint64(0)
	ops := []struct{ name, class string }{{"claims.settle", "P0"}, {"account.show", "P1"}, {"pension.estimate", "P3"}}
	for second := range length {
		n := plannedRate(second)
		for i := range n {
			due := float64(second) + float64(i)/float64(n)
			op := ops[chance.IntN(len(ops))]
			planned++
			for gone < len(finish) && finish[gone] <= due {
				gone++
			}
			waiting := len(finish) - gone
			r.ticks[second].InFlight = waiting
			r.ticks[second].Sent++
			r.ticks[second].Lateness.Record(time.Duration(40e3 + chance.ExpFloat64()*90e3))
			quick := due + 0.001 + chance.ExpFloat64()*0.0008
			switch {
			case limit > 0 && waiting >= limit:
				r.record(due, quick, op.name, op.class, result.Shed, "status_503")
				r.end.People.GaveUp++
			case waiting >= workers+queueRoom:
				r.record(due, quick, op.name, op.class, result.Failed, "status_503")
				r.end.People.GaveUp++
			default:
				done := due + 0.8 + chance.ExpFloat64()*0.004
				if len(finish) >= workers {
					done = math.Max(done, finish[len(finish)-workers]+0.8)
				}
				done = math.Max(done, lastOf(finish))
				finish = append(finish, done)
				outcome := result.Good
				if done-due > s.GoodWithin.Seconds() {
					outcome = result.Late
				}
				r.record(due, done, op.name, op.class, outcome, "")
				r.end.People.Served++
				r.end.People.TimeToSuccess.Record(time.Duration((done - due) * 1e9))
			}
		}
	}
	for i := range r.ticks {
		r.ticks[i].At = i
		for gone < len(finish) && finish[gone] <= float64(i+1) {
			gone++
		}
		if i >= length {
			r.ticks[i].InFlight = len(finish) - gone
		}
	}
	slices.Sort(finish)
	inFlightAfter(r, finish)
	r.end.Proofs = []string{"I1 holds: every transaction sums to zero in each fund (2289 checked)", "I2 holds: every balance is the sum of its entries (2861 checked)"}
	r.end.Checks = []result.Check{
		{Name: "lateness p99", Value: 450e-6, Limit: 0.005, Unit: "s", OK: true},
		{Name: "out of resources", Value: 0, Limit: 0, Unit: "requests", OK: true},
		{Name: "throttled", Value: 0, Limit: 0.01, Unit: "share of time", OK: true, Note: "not known: this machine has no cgroups"},
		{Name: "cpu", Value: 0.93, Limit: 0.9, Unit: "share of cores", OK: true, Note: "over its limit, without harm to the sending"},
		{Name: "open files", Value: 2254, Limit: 19456, Unit: "descriptors", OK: true},
	}
	r.end.Planned, r.end.Sent, r.end.People.Attempts, r.end.Seconds = planned, planned, planned, length+drain
	return result.Header{
		Format: result.Format, Scenario: s.Name, Variant: variant, Seed: s.Seed,
		Model: result.Open, Driver: "rawhttp", DriverReason: "it does all that is asked for at the least cost", Loops: 1,
		ArrivalHash: "9f2c4e1b7a60d3585c1f0e9a2b8d7c6f5e4d3c2b1a09f8e7d6c5b4a392817065",
		Started:     time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC), Target: "http://127.0.0.1:40321", Planned: planned,
		Notes:         []string{"mix R without 1 operation that the service does not have yet (jobs.get)"},
		LengthSeconds: length, JudgeFrom: quiet + rampUp + 3.75, JudgeTo: quiet + rampUp + hold + 0.75,
		Machine: result.Machine{OS: "linux/amd64", CPU: "AMD EPYC 7763", Cores: 2, MemoryByte: 24 << 30, Go: "go1.26.0", Version: "0.1.0"},
	}, r
}

func lastOf(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return values[len(values)-1]
}

// inFlightAfter takes what ended off what the ticks of the drain still show.
func inFlightAfter(r *rehearsal, finish []float64) {
	for i := length; i < len(r.ticks); i++ {
		r.ticks[i].InFlight = len(finish) - sortedBefore(finish, float64(i+1))
	}
}

func sortedBefore(values []float64, limit float64) int {
	n, _ := slices.BinarySearch(values, limit)
	return n
}

// written puts a run through its file, so that the tests read what a command would read.
func written(t testing.TB, header result.Header, r *rehearsal, whole bool) *result.Run {
	t.Helper()
	file, err := file(header, r, whole)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, file)
}

func file(header result.Header, r *rehearsal, whole bool) ([]byte, error) {
	var out bytes.Buffer
	log := result.NewLog(&out)
	errs := []error{log.Header(header)}
	ticks := r.ticks[:]
	if !whole {
		ticks = ticks[:20]
	}
	for _, tick := range ticks {
		errs = append(errs, log.Tick(tick))
	}
	if whole {
		errs = append(errs, log.End(r.end))
	}
	return out.Bytes(), errors.Join(errs...)
}

func read(t testing.TB, file []byte) *result.Run {
	t.Helper()
	run, err := result.Read("fixture.run", bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// unprotectedFile and protectedFile play the flagship once for all tests, which read them anew and may change what they read.
var (
	unprotectedFile = sync.OnceValues(func() ([]byte, error) {
		header, r := rehearse(plan, "unprotected", 0)
		r.end.Processes = []result.Process{{Name: "engine", CPUSeconds: 7.31, MaxRSS: 148 << 20}, {Name: "sut", CPUSeconds: 9.92, MaxRSS: 204 << 20}}
		r.end.Failures = []result.Failure{{Kind: "status_503", Op: "claims.settle", Due: 10.412, Status: 503, Body: `{"type":"about:blank","title":"queue full","status":503}`}}
		return file(header, r, true)
	})
	protectedFile = sync.OnceValues(func() ([]byte, error) {
		header, r := rehearse(plan, "protected", 63)
		r.end.Processes = []result.Process{{Name: "engine", CPUSeconds: 6.87, MaxRSS: 131 << 20}, {Name: "guard", CPUSeconds: 8.05, MaxRSS: 92 << 20}, {Name: "sut", CPUSeconds: 3.44, MaxRSS: 121 << 20}}
		return file(header, r, true)
	})
)

func runs(t testing.TB) (unprotected, protected *result.Run) {
	t.Helper()
	first, err := unprotectedFile()
	if err != nil {
		t.Fatal(err)
	}
	second, err := protectedFile()
	if err != nil {
		t.Fatal(err)
	}
	return read(t, first), read(t, second)
}

// drill is the whole fixture.
func drill(t testing.TB) reports.Drill {
	t.Helper()
	s := flagship(t)
	unprotected, protected := runs(t)
	f, day := madeUpForecast()
	measured := capacity.Capacity{PerSecond: 78.4, From: 14, To: 30, Good: 1254, Offered: 24000, TurnedAway: 0.948, Declared: 80, Budgets: []string{"admitted p95 <= 3s"}, Warnings: []string{}}
	return reports.Drill{
		Scenario: s, Declared: s.Capacity, Variants: reports.Judge(s, s.Capacity, []*result.Run{unprotected, protected}),
		Forecast: &f, Day: &day, Capacity: &measured, Plan: madeUpPlan(f, day, measured.PerSecond),
	}
}

func madeUpForecast() (forecast.Forecast, forecast.Day) {
	start := time.Date(1998, 7, 3, 0, 0, 0, 0, time.UTC)
	const bins, step = 96, 900.0 // each as high as its highest bin of five minutes
	f := forecast.Forecast{
		Start: start, StepSeconds: step, Seasons: []forecast.Season{{Steps: 96, Seconds: 24 * 3600}, {Steps: 672, Seconds: 7 * 24 * 3600}},
		History: forecast.Facts{Name: "worldcup98", Format: history.CSV, Measure: history.Count,
			First: time.Date(1998, 4, 30, 21, 30, 0, 0, time.UTC), Last: start.Add(-5 * time.Minute), Bins: 18174, Observed: 18143, BinSeconds: 300, Gaps: 2, GapBins: 31,
			Largest: forecast.Largest{PerBin: 912345, PerSecond: 3041.15, At: time.Date(1998, 6, 29, 16, 25, 0, 0, time.UTC)}},
		PeakHours:  []forecast.Hour{{Start: start.Add(21 * time.Hour), Share: 0.6}, {Start: start.Add(15 * time.Hour), Share: 0.4}},
		Components: []forecast.Component{{Name: "level", AtPeak: 0.4}, {Name: "hour of the day", AtPeak: 0.5}, {Name: "change", AtPeak: 0.1}},
		Models:     []forecast.Share{{Name: "usual hour in logs", Share: 0.7}, {Name: "smoothing in logs", Share: 0.3}},
		Rehearsal:  forecast.Rehearsal{Windows: 14, Peaks: 14, WAPE: 0.312, PeakError: 0.214, Held: 12},
		Warnings:   []string{"2 gaps of 31 bins in all: they count as unobserved"},
	}
	shape := func(b int) float64 { // requests a second, busiest at 21:00
		hour := float64(b) / 4
		return 180 + 260*math.Exp(-math.Pow((hour-15.5)/3, 2)) + 900*math.Exp(-math.Pow((hour-21)/1.1, 2))
	}
	const perBin = 300
	for i, factor := range []float64{1, 1.9, 2.6, 3.5} {
		values := make([]float64, bins)
		for b := range values {
			values[b] = shape(b) * factor * perBin
		}
		f.Paths = append(f.Paths, forecast.Path{P: forecast.Quantiles()[i], Values: values})
	}
	f.Point = f.Paths[0].Values
	chance := rand.New(rand.NewPCG(1, 2))
	for range 199 {
		f.PeakSample = append(f.PeakSample, 1083*perBin*math.Exp(0.55*chance.NormFloat64()))
	}
	slices.Sort(f.PeakSample)
	for _, p := range forecast.Quantiles() {
		v := f.PeakSample[int(math.Round(200*p))-1]
		f.Peaks = append(f.Peaks, forecast.Peak{P: p, PerBin: v, PerSecond: v / perBin})
	}
	day := forecast.Day{P: 0.95, MedianRate: 196, PeakRate: f.Peaks[2].PerSecond, PeakAt: 21 * time.Hour}
	for i := range 96 {
		times := shape(i) / 196
		day.Points = append(day.Points, forecast.Point{At: time.Duration(i) * 15 * time.Minute, Times: math.Pow(times, math.Log(day.PeakRate/196)/math.Log(1083.0/196))})
	}
	return f, day
}

func madeUpPlan(f forecast.Forecast, day forecast.Day, each float64) *sizing.Plan {
	lift := 300 * day.MedianRate / day.PeakRate
	p := &sizing.Plan{Capacity: each, Lift: lift, Spare: 1, Sample: len(f.PeakSample), Assumption: "Instances add up: N of them do N times what one did."}
	for _, by := range []float64{1, lift} {
		for _, k := range f.Peaks {
			needed := int(math.Ceil(k.PerSecond * by / each))
			p.Needs = append(p.Needs, sizing.Need{P: k.P, Event: by > 1, Peak: k.PerSecond * by, Needed: needed, Replicas: needed + 1,
				Utilization: k.PerSecond * by / each / float64(needed+1), Degraded: k.PerSecond * by / each / float64(needed)})
		}
	}
	risk := func(n int, by float64) sizing.Risk {
		over := 0
		for _, v := range f.PeakSample {
			if v/f.History.BinSeconds*by > float64(n)*each {
				over++
			}
		}
		return sizing.Risk{AtMost: float64(over+1) / float64(len(f.PeakSample)+1), Beyond: over == 0}
	}
	for n := 1; n < 2000; n += 1 + n/25 {
		p.Risk = append(p.Risk, sizing.RiskPoint{Replicas: n, Risk: risk(n, 1), Event: risk(n, lift)})
	}
	p.Now = &sizing.Now{Replicas: 40, Risk: risk(40, 1), RiskEvent: risk(40, lift), Lost: risk(39, 1), LostEvent: risk(39, lift)}
	return p
}
