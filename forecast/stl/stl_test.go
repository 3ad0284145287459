package stl

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/peakday/peakday/forecast/oracletest"
	"pgregory.net/rapid"
)

// off is the largest difference, relative to the largest value of want.
func off(got, want []float64) float64 {
	if len(got) != len(want) || len(got) == 0 {
		return math.Inf(1)
	}
	worst, scale := 0.0, 0.0
	for i := range want {
		worst = max(worst, math.Abs(got[i]-want[i]))
		scale = max(scale, math.Abs(want[i]))
	}
	return worst / scale
}

// R's stl and forecast::mstl; the calls are in testdata/oracle.R.
func TestAgreesWithR(t *testing.T) {
	day := func(window int) []Season { return []Season{{24, window}} }
	for _, c := range []struct {
		name    string
		file    string
		seasons []Season
		options Options
	}{
		{"the season is the same in every cycle", "periodic", day(0), Options{}},
		{"the season changes", "window7", day(7), Options{}},
		{"the trend has its own window", "window13_trend49", day(13), Options{Trend: 49}},
		{"outliers count for little", "robust", day(11), Options{Robust: true}},
		{"outliers count for little in a fixed season", "robust_periodic", day(0), Options{Robust: true}},
		{"windows are longer than the series", "short", []Season{{7, 7}}, Options{}},
		{"two seasons", "mstl", Seasons(168, 24), Options{}},
		{"two seasons with outliers", "mstl_robust", Seasons(24, 168), Options{Robust: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Decompose(oracletest.Column(t, c.file, "y"), c.seasons, c.options)
			if err != nil {
				t.Fatal(err)
			}
			compare := func(what string, got, want []float64) {
				if d := off(got, want); !(d <= 1e-11) { // nor NaN
					t.Errorf("%s is off R's by %.2g of its size", what, d)
				}
			}
			compare("trend", got.Trend, oracletest.Column(t, c.file, "trend"))
			if len(c.seasons) == 2 {
				compare("day", got.Seasonal[0], oracletest.Column(t, c.file, "s24"))
				compare("week", got.Seasonal[1], oracletest.Column(t, c.file, "s168"))
				return
			}
			compare("season", got.Seasonal[0], oracletest.Column(t, c.file, "seasonal"))
			if c.options.Robust {
				compare("weights", got.Weights, oracletest.Column(t, c.file, "weights"))
			}
		})
	}
}

func TestPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		period := rapid.IntRange(2, 12).Draw(t, "period")
		n := rapid.IntRange(6*period+3, 20*period).Draw(t, "n")
		y := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), n, n).Draw(t, "y")
		seasons := Seasons(period, 3*period)
		o := Options{Robust: rapid.Bool().Draw(t, "robust")}
		p, err := Decompose(y, seasons, o)
		if err != nil {
			t.Fatal(err)
		}
		for i := range y {
			sum := p.Seasonal[0][i] + p.Seasonal[1][i] + p.Trend[i] + p.Remainder[i]
			if !(math.Abs(sum-y[i]) <= 1e-8) {
				t.Fatalf("parts at %d add up to %v, want %v", i, sum, y[i])
			}
		}
	})
}

// The season found in k·y + c is k times that in y, the trend k·trend + c.
func TestScalesAndShifts(t *testing.T) {
	y := simulate(24*14, 7)
	moved := slices.Clone(y)
	for i := range moved {
		moved[i] = 1000 + 8*moved[i]
	}
	for _, o := range []Options{{}, {Robust: true}} {
		a, err := Decompose(y, Seasons(24), o)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Decompose(moved, Seasons(24), o)
		if err != nil {
			t.Fatal(err)
		}
		for i := range y {
			if math.Abs(8*a.Seasonal[0][i]-b.Seasonal[0][i]) > 1e-8 || math.Abs(1000+8*a.Trend[i]-b.Trend[i]) > 1e-8 {
				t.Fatalf("at %d: season %v and %v, trend %v and %v", i, a.Seasonal[0][i], b.Seasonal[0][i], a.Trend[i], b.Trend[i])
			}
		}
	}
}

// What stands in a hole is told by the season and the trend around it: a day
// is taken out and found again better than by a straight line.
func TestMissingPointsWeighNothing(t *testing.T) {
	full := simulate(24*28, 3)
	y := slices.Clone(full)
	for i := 300; i < 324; i++ {
		y[i] = math.NaN()
	}
	parts, err := Decompose(y, Seasons(24), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var miss, line float64
	for i := 300; i < 324; i++ {
		if !math.IsNaN(parts.Remainder[i]) {
			t.Fatalf("remainder at %d is %v, want NaN: the point is missing", i, parts.Remainder[i])
		}
		miss += math.Abs(parts.Seasonal[0][i] + parts.Trend[i] - full[i])
		line += math.Abs(full[299] + (full[324]-full[299])*float64(i-299)/25 - full[i])
	}
	if miss > line/2 {
		t.Errorf("parts miss the day by %.3g a point, a straight line by %.3g", miss/24, line/24)
	}
}

func TestDecomposerGivesWhatDecomposeGives(t *testing.T) {
	var d Decomposer
	for seed, n := range []int{24 * 9, 24 * 30, 24 * 8} {
		y := simulate(n, uint64(seed))
		for _, o := range []Options{{Robust: true}, {}} {
			got, err := d.Decompose(y, Seasons(24, 72), o)
			if err != nil {
				t.Fatal(err)
			}
			want, err := Decompose(y, Seasons(24, 72), o)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Trend, want.Trend) || !slices.Equal(got.Seasonal[1], want.Seasonal[1]) || !slices.Equal(got.Weights, want.Weights) {
				t.Errorf("series %d, %+v: a used Decomposer differs from a new one", seed, o)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	nan := math.NaN()
	holes := simulate(100, 1)
	for i := 0; i < 90; i++ {
		holes[i] = nan
	}
	huge := simulate(100, 1)
	huge[7] = 1e300
	for _, c := range []struct {
		name    string
		y       []float64
		seasons []Season
		want    string
	}{
		{"empty", nil, Seasons(24), "0 points, period 24: want more than two periods"},
		{"one point", []float64{1}, Seasons(24), "1 points"},
		{"season longer than the series", simulate(100, 1), Seasons(24, 168), "period 168: want more than two periods, 337 points"},
		{"no season", simulate(100, 1), nil, "no season given"},
		{"period of one", simulate(100, 1), Seasons(1), "period of 2 or more"},
		{"the same season twice", simulate(100, 1), Seasons(7, 7), "want them rising"},
		{"almost all missing", holes, Seasons(7), "10 of 100 points are there"},
		{"a value of 1e300", huge, Seasons(7), "point 7 is 1e+300"},
		{"infinity", []float64{1, 2, math.Inf(-1), 4, 5, 6, 7}, Seasons(2), "point 2 is -Inf"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decompose(c.y, c.seasons, Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestConstantAndZero(t *testing.T) {
	for _, level := range []float64{0, 7} {
		y := slices.Repeat([]float64{level}, 60)
		for _, o := range []Options{{}, {Robust: true}} {
			p, err := Decompose(y, Seasons(7), o)
			if err != nil {
				t.Fatal(err)
			}
			for i := range y {
				if math.Abs(p.Trend[i]-level) > 1e-12 || math.Abs(p.Seasonal[0][i]) > 1e-12 {
					t.Fatalf("level %v, %+v: trend %v, season %v at %d", level, o, p.Trend[i], p.Seasonal[0][i], i)
				}
			}
		}
	}
}

func FuzzDecompose(f *testing.F) {
	f.Add(uint64(1), 3, 40, false)
	f.Add(uint64(9), 2, 5, true)
	f.Fuzz(func(t *testing.T, seed uint64, period, n int, robust bool) {
		n = min(max(n, 0), 500)
		y := simulate(n, seed)
		rng := rand.New(rand.NewPCG(seed, 2))
		for i := range y {
			if rng.IntN(4) == 0 {
				y[i] = math.NaN()
			}
		}
		p, err := Decompose(y, []Season{{Period: period, Window: int(seed % 20)}}, Options{Robust: robust})
		if err != nil {
			return
		}
		for i := range y {
			if math.IsNaN(p.Trend[i]) || math.IsNaN(p.Seasonal[0][i]) || math.IsNaN(y[i]) != math.IsNaN(p.Remainder[i]) {
				t.Fatalf("point %d is %v: trend %v, season %v, remainder %v", i, y[i], p.Trend[i], p.Seasonal[0][i], p.Remainder[i])
			}
		}
	})
}

// simulate is a level with a day, a little trend and noise.
func simulate(n int, seed uint64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	y := make([]float64, n)
	for i := range y {
		y[i] = 100 + 0.01*float64(i) + 20*math.Sin(2*math.Pi*float64(i)/24) + 3*rng.NormFloat64()
	}
	return y
}

func BenchmarkDecompose(b *testing.B) {
	y := simulate(720, 1)
	for name, c := range map[string]struct {
		seasons []Season
		o       Options
	}{
		"stl":         {Seasons(24), Options{}},
		"stl robust":  {Seasons(24), Options{Robust: true}},
		"mstl":        {Seasons(24, 168), Options{}},
		"mstl robust": {Seasons(24, 168), Options{Robust: true}},
	} {
		b.Run(name, func(b *testing.B) {
			var d Decomposer
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.Decompose(y, c.seasons, c.o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
