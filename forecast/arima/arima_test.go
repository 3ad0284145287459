package arima

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/peakday/peakday/forecast/oracletest"
	"pgregory.net/rapid"
)

// R's Arima with the orders given and Fourier terms; the calls are in
// testdata/oracle.R.
func TestAgreesWithR(t *testing.T) {
	for _, row := range oracletest.Rows(t, "models") {
		o := Order{P: int(row.Number("p")), D: int(row.Number("d")), Q: int(row.Number("q")), Constant: row.Text("constant") == "TRUE"}
		var seasons []Season
		if k := int(row.Number("day")); k > 0 {
			seasons = append(seasons, Season{24, k})
		}
		if k := int(row.Number("week")); k > 0 {
			seasons = append(seasons, Season{168, k})
		}
		t.Run(fmt.Sprint(row.Text("series"), " ", o, " ", seasons), func(t *testing.T) {
			m, err := Fit(oracletest.Column(t, row.Text("series"), "y"), o, seasons)
			if err != nil {
				t.Fatal(err)
			}
			mean, variance := m.Forecast(48)
			worst := oracletest.Farthest(mean, row.Numbers("mean", 48))
			worstV := oracletest.Farthest(variance, row.Numbers("variance", 48))
			for what, pair := range map[string][2]float64{"log likelihood": {m.LogLik, row.Number("loglik")}, "AICc": {m.AICc, row.Number("aicc")}, "sigma2": {m.Sigma2, row.Number("sigma2")}} {
				if oracletest.Off(pair[0], pair[1]) > 2e-6 {
					t.Errorf("%s is %v, R's %v", what, pair[0], pair[1])
				}
			}
			if worst > 1e-4 || worstV > 2e-4 {
				t.Errorf("means are off R's by %.2g, variances by %.2g", worst, worstV)
			}
		})
	}
}

func TestScalingTheSeriesScalesTheForecast(t *testing.T) {
	for _, name := range []string{"still", "walk", "holes"} {
		y := oracletest.Column(t, name, "y")
		large := slices.Clone(y)
		for i := range large {
			large[i] *= 1024
		}
		o := Order{1, 0, 1, true}
		a, err := Fit(y, o, []Season{{24, 2}})
		if err != nil {
			t.Fatal(err)
		}
		b, err := Fit(large, o, []Season{{24, 2}})
		if err != nil {
			t.Fatal(err)
		}
		meanA, varA := a.Forecast(30)
		meanB, varB := b.Forecast(30)
		for i := range meanA {
			if oracletest.Off(meanB[i], 1024*meanA[i]) > 1e-5 || oracletest.Off(varB[i], 1024*1024*varA[i]) > 1e-3 {
				t.Errorf("%s step %d: %v and %v, variances %v and %v", name, i+1, meanA[i], meanB[i], varA[i], varB[i])
			}
		}
	}
}

// The seventh harmonic of a week of hours is the day.
func TestWavesTheSameAreTakenOnce(t *testing.T) {
	if got := len(waves([]Season{{24, 1}, {168, 7}})); got != 2*7 {
		t.Errorf("%d waves, want 14", got)
	}
	if got := len(waves([]Season{{24, 12}})); got != 23 {
		t.Errorf("%d waves of 12 harmonics of 24, want 23: half a turn has no sine", got)
	}
}

func TestConstant(t *testing.T) {
	for _, level := range []float64{0, 42} {
		m, err := Select(slices.Repeat([]float64{level}, 60), nil)
		if err != nil {
			t.Fatal(err)
		}
		mean, variance := m.Forecast(9)
		if math.Abs(mean[8]-level) > 1e-9 || !(variance[8] < 1e-9) {
			t.Errorf("constant %v: %v with variance %v (%v)", level, mean[8], variance[8], m.Order)
		}
	}
}

func TestRefusals(t *testing.T) {
	y := oracletest.Column(t, "still", "y")
	huge := slices.Clone(y)
	huge[9] = -1e300
	every := slices.Clone(y)
	for i := range every {
		if i%2 == 1 {
			every[i] = math.NaN()
		}
	}
	for _, c := range []struct {
		name    string
		y       []float64
		o       Order
		seasons []Season
		want    string
	}{
		{"empty", nil, Order{}, nil, "0 points that are not missing: ARIMA(0,0,0) with 0 waves wants 5"},
		{"one point", y[:1], Order{P: 1}, nil, "1 points"},
		{"all missing", slices.Repeat([]float64{math.NaN()}, 99), Order{}, nil, "0 points"},
		{"never two points in a row", every, Order{D: 2}, nil, "0 points that are not missing"},
		{"a value of 1e300", huge, Order{}, nil, "point 9 is -1e+300"},
		{"three differences", y, Order{D: 3}, nil, "0 to 2 differences"},
		{"constant with two differences", y, Order{D: 2, Constant: true}, nil, "a constant with at most one"},
		{"season longer than the series", y, Order{}, []Season{{1000, 3}}, "240 points, a season of 1000"},
		{"too many harmonics", y, Order{}, []Season{{24, 13}}, "13 harmonics of a period of 24"},
		{"no harmonics", y, Order{}, []Season{{24, 0}}, "want 1 to half the period"},
		{"waves hidden by holes", every, Order{Constant: true}, []Season{{4, 2}}, "cannot be told apart"},
	} {
		if _, err := Fit(c.y, c.o, c.seasons); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
}

func TestNeverNaN(t *testing.T) {
	kinds := []*rapid.Generator[float64]{
		rapid.OneOf(rapid.Float64Range(-1e3, 1e3), rapid.Just(0.0), rapid.Just(math.NaN())),
		rapid.OneOf(rapid.Float64Range(-1e99, 1e99), rapid.Float64Range(-1, 1)),
		rapid.SampledFrom([]float64{0, 1, 1e-170, math.NaN()}),
	}
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOfN(rapid.SampledFrom(kinds).Draw(t, "kind"), 12, 40).Draw(t, "y")
		o := Order{P: rapid.IntRange(0, 3).Draw(t, "p"), D: rapid.IntRange(0, 2).Draw(t, "d"), Q: rapid.IntRange(0, 3).Draw(t, "q")}
		o.Constant = o.D < 2 && rapid.Bool().Draw(t, "constant")
		var seasons []Season
		if rapid.Bool().Draw(t, "season") {
			seasons = []Season{{Period: rapid.Float64Range(2, 9).Draw(t, "period"), Harmonics: 1}}
		}
		m, err := Fit(y, o, seasons)
		if err != nil {
			return
		}
		mean, variance := m.Forecast(20)
		for i := range mean {
			if math.IsNaN(mean[i]) || math.IsInf(mean[i], 0) || !(variance[i] >= 0) {
				t.Fatalf("%v of %v: step %d is %v with variance %v", o, y, i+1, mean[i], variance[i])
			}
		}
	})
}

// hours are 30 days with days and weeks.
func hours() []float64 {
	rng := rand.New(rand.NewPCG(9, 10))
	y := make([]float64, 720)
	e := 0.0
	for t := range y {
		e = 0.8*e + rng.NormFloat64()
		y[t] = 100 + 30*math.Sin(2*math.Pi*float64(t)/24) + 10*math.Cos(2*math.Pi*float64(t)/168) + 3*e
	}
	return y
}

func BenchmarkFit(b *testing.B) {
	y := hours()
	for b.Loop() {
		if _, err := Fit(y, Order{2, 0, 1, true}, []Season{{24, 8}, {168, 6}}); err != nil {
			b.Fatal(err)
		}
	}
}
