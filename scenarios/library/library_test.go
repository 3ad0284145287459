package library_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/library"
	"github.com/peakday/peakday/scenarios/profile"
)

func TestEveryScenarioIsValidAndCanBeDrawn(t *testing.T) {
	for _, name := range library.List() {
		t.Run(name, func(t *testing.T) {
			s := open(t, name)
			if s.Name != name {
				t.Errorf("the file is %s.yaml and the name in it %s", name, s.Name)
			}
			if s.Title == "" || len(s.Budgets) == 0 {
				t.Error("want a title and at least one budget")
			}
			p, marks, err := profile.Of(withDay(s.Shape))
			if err != nil {
				t.Fatal(err)
			}
			from, to := profile.Judged(scenarios.Scenario{Shape: withDay(s.Shape), Judge: s.Judge})
			if to-from < 8*time.Second {
				t.Errorf("%s are judged, from %s to %s: too short for a quantile to mean anything", to-from, from, to)
			}
			t.Logf("%.0f arrivals in %s, peak %.0f/s, judged %s to %s\n%s", p.Count(p.Length()), p.Length(), marks.PeakRate, from, to, draw(p))
			if least := p.Count(p.Length()); least < 100 {
				t.Errorf("%.0f arrivals: too few to judge", least)
			}
		})
	}
}

// draw is a profile as a picture: a line of text for each fortieth of its length.
func draw(p profile.Profile) string {
	const rows, width = 40, 60
	var b strings.Builder
	highest := 0.0
	for i := range rows + 1 {
		highest = max(highest, p.Rate(p.Length()*time.Duration(i)/rows))
	}
	for i := range rows {
		from, to := p.Length()*time.Duration(i)/rows, p.Length()*time.Duration(i+1)/rows
		mean := (p.Count(to) - p.Count(from)) / (to - from).Seconds()
		fmt.Fprintf(&b, "%8s %7.1f/s %s\n", from.Round(10*time.Millisecond), mean, strings.Repeat("#", int(math.Round(width*mean/highest))))
	}
	return b.String()
}

// withDay stands in for the forecast, which only a drill makes.
func withDay(s scenarios.Shape) scenarios.Shape {
	if s.Forecast == nil {
		return s
	}
	s.Points = []scenarios.Point{{At: 0, Rate: s.Phases[2].To}, {At: 24 * time.Hour, Rate: s.Phases[2].To}}
	s.PeakAt = 21 * time.Hour
	return s
}

func TestCalmDayFitsInContinuousIntegration(t *testing.T) {
	s := open(t, "calm-day")
	p, marks, err := profile.Of(s.Shape)
	if err != nil {
		t.Fatal(err)
	}
	if whole := p.Length() + s.Drain; whole > 20*time.Second {
		t.Errorf("a variant takes up to %s, want 20s at most", whole)
	}
	if marks.PeakRate != 60 {
		t.Errorf("peak %v/s, want 3 × 20/s", marks.PeakRate)
	}
}

// The numbers of the closed form: 64 workers of 0.8 s with 2,176 waiting, against a timeout of 30 s.
func TestReformDayGivesTheOracleItsWindow(t *testing.T) {
	const workers, service, waiting = 64, 0.8, 2176
	for _, name := range []string{"reform-day-300x", "reform-day-retries"} {
		s := open(t, name)
		if capacity := workers / service; s.Capacity != capacity {
			t.Errorf("%s: capacity %v/s, want %v/s", name, s.Capacity, capacity)
		}
		p, marks, err := profile.Of(withDay(s.Shape))
		if err != nil {
			t.Fatal(err)
		}
		if marks.PeakRate != 1500 || marks.HoldTo-marks.HoldFrom < 20*time.Second {
			t.Errorf("%s: peak %v/s for %s, want 1500/s for 20s at least", name, marks.PeakRate, marks.HoldTo-marks.HoldFrom)
		}
		// The first refusal: arrivals of the event less what was served since fill the workers and the queue.
		refused := marks.PhasesFrom
		for p.Count(refused)-p.Count(marks.PhasesFrom)-s.Capacity*(refused-marks.PhasesFrom).Seconds() < workers+waiting {
			refused += 10 * time.Millisecond
		}
		if window := marks.HoldTo - refused; window < 16*time.Second {
			t.Errorf("%s: %s from the first refusal to the end of the hold, want 16s at least", name, window)
		}
		last := time.Duration((waiting/s.Capacity + service) * float64(time.Second))
		if s.Drain < last || s.Timeout < last || s.Drain < 30*time.Second {
			t.Errorf("%s: drain %s and timeout %s, want more than the %s of the last answer", name, s.Drain, s.Timeout, last)
		}
		if s.MaxInFlight < 8192 {
			t.Errorf("%s: %d in flight, want 8192 at least", name, s.MaxInFlight)
		}
	}
	if n := open(t, "reform-day-300x").Actors[0].Retry.Attempts; n > 1 {
		t.Errorf("reform-day-300x tries %d times; the closed form has no retries", n)
	}
	retries := open(t, "reform-day-retries")
	if retries.Actors[0].Retry.Attempts != 4 || len(retries.Oracles) > 0 {
		t.Errorf("reform-day-retries: %+v, oracles %v; want three retries and no oracle", retries.Actors[0].Retry, retries.Oracles)
	}
}

// What the titles and comments of the kinds of day say of their load.
func TestDaysHaveTheirRush(t *testing.T) {
	load := func(name string) (profile.Profile, profile.Marks) {
		p, marks, err := profile.Of(open(t, name).Shape)
		if err != nil {
			t.Fatal(err)
		}
		return p, marks
	}
	p, _ := load("declaration-deadline")
	if late := 1 - p.Count(p.Length()*18/24)/p.Count(p.Length()); math.Abs(late-0.6) > 0.005 {
		t.Errorf("declaration-deadline: %.3f of the load in the last six hours, want 0.6", late)
	}
	p, marks := load("payout-day")
	if rate := p.Rate(p.Length() * 9 / 24); rate != 240 || marks.PeakRate != 240 {
		t.Errorf("payout-day: %v/s at nine and %v/s at most, want 6 × 40/s", rate, marks.PeakRate)
	}
	if _, marks = load("estimator-rush"); marks.PeakRate != 500 {
		t.Errorf("estimator-rush: peak %v/s, want 100 × 5/s", marks.PeakRate)
	}
	for name, mix := range map[string]string{"calm-day": "N", "reform-day-300x": "R", "declaration-deadline": "D", "payout-day": "P", "estimator-rush": "E"} {
		if got := open(t, name).MixName; got != mix {
			t.Errorf("%s has mix %s, want %s", name, got, mix)
		}
	}
}

func TestEveryMixSumsToAHundred(t *testing.T) {
	if n := len(library.Mixes()); n != 5 {
		t.Errorf("%d mixes, want 5", n)
	}
	for _, name := range library.Mixes() {
		mix, err := library.Mix(name)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, w := range mix {
			sum += w.Share
			if !(w.Share > 0) {
				t.Errorf("%s: %s has the share %v", name, w.Op, w.Share)
			}
		}
		if math.Abs(sum-100) > 1e-9 || len(mix) != 27 {
			t.Errorf("%s: %d operations sum to %v, want 27 that sum to 100", name, len(mix), sum)
		}
	}
}

// The shares of writes beside sign-ins that the design's table states, in per cent.
func TestMixesHaveTheWritesOfTheirSource(t *testing.T) {
	reads := []string{".get", ".list", ".search", ".near", ".report", ".verify", ".preview", ".estimate"}
	for name, want := range map[string]float64{"N": 19, "R": 16, "D": 33, "P": 13, "E": 6} {
		mix, err := library.Mix(name)
		if err != nil {
			t.Fatal(err)
		}
		writes := 0.0
		for _, w := range mix {
			isRead := w.Op == "sessions.create"
			for _, suffix := range reads {
				isRead = isRead || strings.HasSuffix(w.Op, suffix)
			}
			if !isRead {
				writes += w.Share
			}
		}
		if math.Abs(writes-want) > 0.5 {
			t.Errorf("%s: %.1f %% writes, want %v %%", name, writes, want)
		}
	}
}

func TestResolveFillsInANamedMixOnly(t *testing.T) {
	s, err := library.Resolve(open(t, "reform-day-300x"))
	if err != nil || len(s.Mix) != 27 || s.MixName != "R" {
		t.Errorf("got %d shares of %q, %v", len(s.Mix), s.MixName, err)
	}
	if err := s.Validate(nil); err != nil {
		t.Error(err)
	}
	own := open(t, "hello-target")
	if resolved, err := library.Resolve(own); err != nil || len(resolved.Mix) != len(own.Mix) {
		t.Errorf("a scenario with its own requests changes: %v, %v", resolved.Mix, err)
	}
	if _, err := library.Resolve(scenarios.Scenario{Name: "x", MixName: "Z"}); err == nil || !strings.Contains(err.Error(), "N, R, D, P, E") {
		t.Errorf("an unknown mix: %v, want the known ones named", err)
	}
}

func TestUnknownNamesAreAnsweredWithTheKnownOnes(t *testing.T) {
	_, scenario := library.Open("calm")
	_, mixes := library.Source("mixes")
	_, outside := library.Source("../library/calm-day")
	_, history := library.History("worldcup")
	for name, err := range map[string]error{"scenario": scenario, "mixes": mixes, "path": outside, "history": history} {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want fs.ErrNotExist", name, err)
		}
	}
	if !strings.Contains(scenario.Error(), "calm-day") || !strings.Contains(history.Error(), "worldcup98") {
		t.Errorf("the known names are not told: %v; %v", scenario, history)
	}
}

// The figures of history/README.md.
func TestHistoryIsWholeAsItsReadmeSays(t *testing.T) {
	r, err := library.History("worldcup98")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+90_860 || rows[0][0] != "period" || rows[0][1] != "count" {
		t.Errorf("%d rows under %v, want 90,860 under period and count", len(rows)-1, rows[0])
	}
	if first, last := rows[1][0], rows[len(rows)-1][0]; first != "1998-04-30 21:30:00" || last != "1998-07-02 23:59:00" {
		t.Errorf("from %s to %s", first, last)
	}
}

func TestSourceKeepsTheComments(t *testing.T) {
	data, err := library.Source("hello-target")
	if err != nil || !bytes.HasPrefix(data, []byte("# ")) {
		t.Errorf("got %.20q, %v", data, err)
	}
}

func open(t *testing.T, name string) scenarios.Scenario {
	t.Helper()
	s, err := library.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
