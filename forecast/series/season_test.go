package series

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func lengths(seasons []Season) []int {
	var l []int
	for _, s := range seasons {
		l = append(l, s.Length)
	}
	return l
}

// simulate n bins: exp(log level + cycles + AR(1) noise).
func simulate(rng *rand.Rand, n int, phi, noise float64, shape func(i int) float64) []float64 {
	values := make([]float64, n)
	e := 0.0
	for i := range values {
		e = phi*e + noise*rng.NormFloat64()
		values[i] = math.Exp(5 + shape(i) + e)
	}
	return values
}

func wave(i, m int) float64 { return math.Sin(2 * math.Pi * float64(i) / float64(m)) }

func TestFindSeasonsFindsWhatWasPutIn(t *testing.T) {
	weekend := func(i int) float64 {
		if i/24%7 >= 5 {
			return -0.8
		}
		return 0
	}
	for _, c := range []struct {
		name  string
		n     int
		step  time.Duration
		shape func(i int) float64
		want  []int
	}{
		{"a day of hours, without a clock", 700, 0, func(i int) float64 { return wave(i, 24) }, []int{24}},
		{"a day and a week", 960, 0, func(i int) float64 { return wave(i, 24) + weekend(i) }, []int{24, 168}},
		{"two rushes make one day", 960, 0, func(i int) float64 { return wave(i, 24)/2 + wave(i, 12) }, []int{24}},
		{"two like rushes make half a day", 960, 0, func(i int) float64 { return wave(i, 12) }, []int{12}},
		{"a day with one busy hour", 720, time.Hour, func(i int) float64 {
			if i%24 == 9 {
				return math.Ln2
			}
			return 0
		}, []int{24}},
		{"an odd length that no calendar knows", 900, time.Hour, func(i int) float64 { return wave(i, 37) }, []int{37}},
		{"a day of quarters of an hour and a week", 96 * 35, 15 * time.Minute, func(i int) float64 { return wave(i, 96) + weekend(i/4) }, []int{96, 672}},
		{"hours that are alike but for their height", 96 * 20, 15 * time.Minute, func(i int) float64 { return wave(i, 96) + float64(i%4/2) }, []int{96}},
		{"under a steep trend", 700, 0, func(i int) float64 { return wave(i, 24) + float64(i)/100 }, []int{24}},
		{"with three wild hours", 700, 0, func(i int) float64 {
			if i == 100 || i == 333 || i == 334 {
				return 9
			}
			return wave(i, 24)
		}, []int{24}},
		{"a week of days", 400, 24 * time.Hour, func(i int) float64 { return wave(i, 7) }, []int{7}},
	} {
		for seed := range uint64(3) {
			rng := rand.New(rand.NewPCG(seed, 1))
			s := Series{Step: c.step, Values: simulate(rng, c.n, 0.7, 0.15, c.shape)}
			if got := lengths(FindSeasons(s)); !slices.Equal(got, c.want) {
				t.Errorf("%s, seed %d: found %v, want %v", c.name, seed, FindSeasons(s), c.want)
			}
			scaled := Series{Step: c.step}
			for _, v := range s.Values {
				scaled.Values = append(scaled.Values, 8*v)
			}
			if got, want := FindSeasons(scaled), FindSeasons(s); !slices.Equal(got, want) {
				t.Errorf("%s: scaled %v, want %v", c.name, got, want)
			}
			for i := 200; i < 250; i++ { // a hole
				s.Values[i] = nan
			}
			if got := lengths(FindSeasons(s)); !slices.Equal(got, c.want) {
				t.Errorf("%s, seed %d, with a hole: found %v, want %v", c.name, seed, got, c.want)
			}
		}
	}
}

// Four weeks can't tell 671 quarters of an hour from 672: the week is meant.
func TestFindSeasonsTakesTheWeekForWhatIsNear(t *testing.T) {
	weeks := 0
	for seed := range uint64(40) {
		s := Series{Step: 15 * time.Minute, Values: simulate(rand.New(rand.NewPCG(seed, 3)), 96*28, 0.9, 0.1, func(i int) float64 {
			if i/96%7 >= 5 {
				return wave(i, 96) / 2
			}
			return wave(i, 96)
		})}
		switch got := lengths(FindSeasons(s)); {
		case slices.Contains(got, 672):
			weeks++
		case slices.ContainsFunc(got, func(m int) bool { return m > 665 && m < 679 }):
			t.Errorf("seed %d: found %v, want the week of 672", seed, got)
		}
	}
	if weeks < 20 { // the others drown in noise that remembers
		t.Errorf("the week was found in %d of 40 series", weeks)
	}
}

// Hours of the day that are never counted, as those of a nightly pause, do not hide
// the day. Of all others each has come often.
func TestFindSeasonsOfDaysWithoutNights(t *testing.T) {
	for seed := range uint64(3) {
		s := Series{Step: time.Hour, Values: simulate(rand.New(rand.NewPCG(seed, 1)), 700, 0.7, 0.15, func(i int) float64 { return wave(i, 24) })}
		for i := range s.Values {
			if i%24 < 6 {
				s.Values[i] = nan
			}
		}
		if got := FindSeasons(s); !slices.Equal(lengths(got), []int{24}) {
			t.Errorf("seed %d: found %v, want 24 alone", seed, got)
		}
	}
	fooled := 0
	for seed := range uint64(100) {
		s := Series{Step: time.Hour, Values: simulate(rand.New(rand.NewPCG(seed, 2)), 720, 0.95, 0.1, func(int) float64 { return 0 })}
		for i := range s.Values {
			if i%24 >= 18 {
				s.Values[i] = nan
			}
		}
		if FindSeasons(s) != nil {
			fooled++
		}
	}
	if fooled > 5 {
		t.Errorf("a season in %d of 100 series of noise without nights", fooled)
	}
}

// A season without noise leaves only rounding, in which there is no other.
func TestFindSeasonsOfAPerfectCycle(t *testing.T) {
	var s Series
	for i := range 720 {
		s.Values = append(s.Values, float64(5+i%24))
	}
	if got := FindSeasons(s); len(got) != 1 || got[0].Length != 24 || got[0].F > largestF || got[0].R < 0.999 {
		t.Errorf("found %v, want 24 alone", got)
	}
}

func TestFindSeasonsFindsNothingInNothing(t *testing.T) {
	for name, values := range map[string][]float64{
		"empty": nil, "one point": {1}, "constant": slices.Repeat([]float64{7}, 500), "all zero": make([]float64, 500),
		"all missing": slices.Repeat([]float64{nan}, 500), "two cycles": slices.Repeat([]float64{1, 2, 3, 4, 5, 9, 8, 7, 6, 5}, 2),
	} {
		if got := FindSeasons(Series{Step: time.Hour, Values: values}); got != nil {
			t.Errorf("%s: found %v", name, got)
		}
	}
}

// Noise that remembers makes waves that do not come again. Of 100 such series
// of each kind at most 5 % may have a season found in them.
func TestFindSeasonsIsSeldomFooled(t *testing.T) {
	if testing.Short() {
		t.Skip("800 simulated series take seconds")
	}
	none := func(int) float64 { return 0 }
	for name, phi := range map[string]float64{"white": 0, "AR 0.7": 0.7, "AR 0.95": 0.95, "random walk": 1} {
		for _, n := range []int{200, 720} {
			rng := rand.New(rand.NewPCG(7, uint64(n)))
			fooled := 0
			for range 100 {
				if FindSeasons(Series{Step: time.Hour, Values: simulate(rng, n, phi, 0.1, none)}) != nil {
					fooled++
				}
			}
			if fooled > 5 {
				t.Errorf("%s, %d bins: a season in %d of 100 series", name, n, fooled)
			}
			t.Logf("%s, %d bins: %d of 100", name, n, fooled)
		}
	}
}

// The hourly series of M4 carry no clock. Nearly all have a day, most a week.
func TestFindSeasonsOfM4(t *testing.T) {
	dir := os.Getenv("PEAKDAY_DATA")
	if dir == "" {
		t.Skip("PEAKDAY_DATA does not say where public series are")
	}
	file, err := os.Open(filepath.Join(dir, "m4_hourly/Hourly-train.csv"))
	if err != nil {
		t.Skip(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	lines.Scan()
	n, day, week, other := 0, 0, 0, map[string]int{}
	for lines.Scan() {
		var s Series
		for cell := range strings.SplitSeq(lines.Text(), ",") {
			if v, err := strconv.ParseFloat(strings.Trim(cell, `"`), 64); err == nil {
				s.Values = append(s.Values, v)
			}
		}
		n++
		found := lengths(FindSeasons(s))
		if slices.Contains(found, 24) {
			day++
		}
		if slices.Contains(found, 168) {
			week++
		}
		if found = slices.DeleteFunc(found, func(m int) bool { return m == 24 || m == 168 }); found != nil {
			other[fmt.Sprint(found)]++
		}
	}
	t.Logf("%d series: day in %d, week in %d, beside them %v", n, day, week, other)
	if n != 414 || day < 390 {
		t.Errorf("%d series, a day in %d", n, day)
	}
}

func BenchmarkFindSeasons(b *testing.B) {
	for _, n := range []int{720, 90_000} {
		s := Series{Values: simulate(rand.New(rand.NewPCG(1, 1)), n, 0.7, 0.1, func(i int) float64 { return wave(i, 24) })}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				FindSeasons(s)
			}
		})
	}
}
