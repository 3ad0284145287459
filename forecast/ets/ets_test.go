package ets

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

var forms = map[string]Form{
	"ANN": {Additive, None, None}, "AAN": {Additive, Additive, None}, "AAdN": {Additive, Damped, None},
	"ANA": {Additive, None, Additive}, "AAA": {Additive, Additive, Additive}, "AAdA": {Additive, Damped, Additive},
	"MNN": {Multiplicative, None, None}, "MAN": {Multiplicative, Additive, None}, "MAdN": {Multiplicative, Damped, None},
	"MNA": {Multiplicative, None, Additive}, "MAdA": {Multiplicative, Damped, Additive},
	"MNM": {Multiplicative, None, Multiplicative}, "MAM": {Multiplicative, Additive, Multiplicative}, "MAdM": {Multiplicative, Damped, Multiplicative},
}

// R's ets and forecast; the calls are in testdata/oracle.R. First with R's
// parameters, then with those that the search here finds.
func TestAgreesWithR(t *testing.T) {
	y := oracletest.Column(t, "series", "y")
	for _, row := range oracletest.Rows(t, "models") {
		name := row.Text("model")
		t.Run(name, func(t *testing.T) {
			p := Params{Alpha: row.Number("alpha"), Beta: row.Number("beta"), Gamma: row.Number("gamma"), Phi: row.Number("phi"), Level: row.Number("level"), Slope: row.Number("slope")}
			for i := range 7 {
				p.Season = append(p.Season, row.Number(fmt.Sprint("season", i)))
			}
			m, err := Filter(y, forms[name], 7, p)
			if err != nil {
				t.Fatal(err)
			}
			for what, pair := range map[string][2]float64{"sigma2": {m.Sigma2, row.Number("sigma2")}, "log likelihood": {m.LogLik, row.Number("loglik")}, "AICc": {m.AICc, row.Number("aicc")}} {
				if oracletest.Off(pair[0], pair[1]) > 1e-10 {
					t.Errorf("%s is %v, R's %v", what, pair[0], pair[1])
				}
			}
			mean, variance := m.Forecast(21)
			worst := oracletest.Farthest(mean, row.Numbers("mean", 21))
			worstV := oracletest.Farthest(variance, row.Numbers("variance", 21))
			if worst > 1e-10 || worstV > 1e-8 {
				t.Errorf("means are off R's by %.2g, variances by %.2g", worst, worstV)
			}
			own, err := Fit(y, forms[name], 7)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("log likelihood %.4f, R's %.4f", own.LogLik, m.LogLik)
			if own.LogLik < m.LogLik-0.5 {
				t.Errorf("the search finds a log likelihood of %.3f, R %.3f", own.LogLik, m.LogLik)
			}
		})
	}
}

func TestScalingTheSeriesScalesTheForecast(t *testing.T) {
	y := oracletest.Column(t, "series", "y")
	thousand := slices.Clone(y)
	for i := range thousand {
		thousand[i] *= 1000
	}
	for name, f := range forms {
		a, err := Fit(y, f, 7)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Fit(thousand, f, 7)
		if err != nil {
			t.Fatal(err)
		}
		meanA, varA := a.Forecast(14)
		meanB, varB := b.Forecast(14)
		for i := range meanA {
			if oracletest.Off(meanB[i], 1000*meanA[i]) > 1e-3 || oracletest.Off(varB[i], 1e6*varA[i]) > 1e-2 {
				t.Errorf("%s, step %d: mean %v and %v, variance %v and %v", name, i, meanA[i], meanB[i], varA[i], varB[i])
				break
			}
		}
	}
}

// A week without data changes the fit little and makes nothing NaN.
func TestMissingPointsArePassedOver(t *testing.T) {
	y := oracletest.Column(t, "series", "y")
	holes := slices.Clone(y)
	for i := 50; i < 57; i++ {
		holes[i] = math.NaN()
	}
	for name, f := range forms {
		full, err := Fit(y, f, 7)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Fit(holes, f, 7)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := full.Forecast(7)
		mean, variance := m.Forecast(7)
		for i := range mean {
			if !(oracletest.Off(mean[i], want[i]) < 0.08) || !(variance[i] > 0) {
				t.Errorf("%s, step %d: mean %v, with all points %v; variance %v", name, i, mean[i], want[i], variance[i])
			}
		}
		if !math.IsNaN(m.Errors[52]) || math.IsNaN(m.Errors[57]) {
			t.Errorf("%s: errors about the hole are %v", name, m.Errors[49:58])
		}
	}
}

func TestSelectTakesTheLeastAICc(t *testing.T) {
	y := oracletest.Column(t, "series", "y")
	best, err := Select(y, 7)
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range forms {
		if m, err := Fit(y, f, 7); err == nil && m.AICc < best.AICc {
			t.Errorf("selected %v with AICc %v, %s has %v", best.Form, best.AICc, name, m.AICc)
		}
	}
	if best.Form.Season == None {
		t.Errorf("selected %v for a series with weeks", best.Form)
	}
}

func TestRefusals(t *testing.T) {
	y := oracletest.Column(t, "series", "y")
	negative, huge, holes := slices.Clone(y), slices.Clone(y), slices.Clone(y)
	negative[3], huge[4] = -1, 1e300
	for i := range holes {
		holes[i] = math.NaN()
	}
	plain, product := Form{Error: Additive}, forms["MAdM"]
	for _, c := range []struct {
		name   string
		y      []float64
		f      Form
		period int
		want   string
	}{
		{"empty", nil, plain, 1, "0 points that are not missing: ETS(A,N,N) wants 5 or more"},
		{"one point", y[:1], plain, 1, "1 points"},
		{"all missing", holes, plain, 1, "0 points that are not missing"},
		{"negative in a multiplicative form", negative, product, 7, "point 3 is -1"},
		{"all zero in a multiplicative form", make([]float64, 30), product, 7, "point 0 is 0"},
		{"a value of 1e300", huge, plain, 1, "point 4 is 1e+300"},
		{"season longer than the series", y, forms["AAA"], 100, "143 points, period 100: want two periods"},
		{"season of one point", y, forms["AAA"], 1, "period of 1"},
		{"additive error, multiplicative season", y, Form{Additive, None, Multiplicative}, 7, "unstable"},
		{"no such component", y, Form{Damped, None, None}, 7, "want error additive or multiplicative"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Fit(c.y, c.f, c.period)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
	if _, err := Filter(y, forms["AAA"], 7, Params{Alpha: 0.1}); err == nil || !strings.Contains(err.Error(), "0 initial seasons") {
		t.Errorf("no initial seasons: got %v", err)
	}
	if _, err := Filter(y, forms["MNN"], 1, Params{Alpha: 0.1, Level: -5}); err == nil || !strings.Contains(err.Error(), "keep it positive") {
		t.Errorf("negative level: got %v", err)
	}
}

// Constant and zero series are followed exactly: the forecast is the constant.
func TestConstant(t *testing.T) {
	for _, level := range []float64{0, 42} {
		m, err := Select(slices.Repeat([]float64{level}, 50), 7)
		if err != nil {
			t.Fatal(err)
		}
		mean, variance := m.Forecast(7)
		for i := range mean {
			if math.Abs(mean[i]-level) > 1e-4*max(level, 1) || !(variance[i] >= 0 && variance[i] < 1e-3) {
				t.Errorf("constant %v, step %d: %v with variance %v (%v)", level, i, mean[i], variance[i], m.Form)
			}
		}
	}
}

func TestNeverNaN(t *testing.T) {
	mixed := rapid.OneOf(rapid.Float64Range(-1e3, 1e3), rapid.Just(0.0), rapid.Just(math.NaN()), rapid.Float64Range(-1e99, 1e99))
	kinds := []*rapid.Generator[float64]{mixed, rapid.Float64Range(1e-3, 1e3), rapid.Float64Range(1e-160, 1e99), rapid.SampledFrom([]float64{1, 1e-9, 1e90})}
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOfN(rapid.SampledFrom(kinds).Draw(t, "kind"), 12, 40).Draw(t, "y")
		f := forms[rapid.SampledFrom([]string{"ANN", "AAdA", "MNM", "MAdA", "MAdM"}).Draw(t, "form")]
		m, err := Fit(y, f, rapid.IntRange(0, 8).Draw(t, "period"))
		if err != nil {
			return
		}
		mean, variance := m.Forecast(20)
		for i := range mean {
			if math.IsNaN(mean[i]) || math.IsInf(mean[i], 0) || !(variance[i] >= 0) {
				t.Fatalf("%v of %v: step %d is %v with variance %v", f, y, i, mean[i], variance[i])
			}
		}
	})
}

func BenchmarkFit(b *testing.B) {
	y := oracletest.Column(b, "series", "y")
	for _, name := range []string{"AAdN", "AAdA", "MAdM"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Fit(y, forms[name], 7); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFitHours(b *testing.B) {
	rng := rand.New(rand.NewPCG(3, 4))
	y := make([]float64, 720)
	for t := range y {
		y[t] = 100 + 30*math.Sin(2*math.Pi*float64(t)/24) + 5*rng.NormFloat64()
	}
	for b.Loop() {
		if _, err := Fit(y, forms["AAdA"], 24); err != nil {
			b.Fatal(err)
		}
	}
}
