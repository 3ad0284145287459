package theta

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/peakday/peakday/forecast/oracletest"
	"pgregory.net/rapid"
)

// R's thetaf; the call is in testdata/oracle.R. Its α comes from a search that ends
// at the first point good enough, so forecasts agree to what that leaves.
func TestAgreesWithR(t *testing.T) {
	for _, row := range oracletest.Rows(t, "models") {
		name := row.Text("series")
		t.Run(name, func(t *testing.T) {
			m, err := Fit(oracletest.Column(t, name, "y"), int(row.Number("period")))
			if err != nil {
				t.Fatal(err)
			}
			if oracletest.Off(m.Drift, row.Number("drift")) > 1e-9 {
				t.Errorf("drift is %v, R's %v", m.Drift, row.Number("drift"))
			}
			if math.Abs(m.Alpha-row.Number("alpha")) > 1e-3 || oracletest.Off(m.Sigma2, row.Number("sigma2")) > 1e-3 {
				t.Errorf("alpha %v, sigma2 %v; R's %v, %v", m.Alpha, m.Sigma2, row.Number("alpha"), row.Number("sigma2"))
			}
			mean, _ := m.Forecast(20)
			worst := oracletest.Farthest(mean, row.Numbers("mean", 20))
			t.Logf("off by %.2g; alpha %v, R's %v", worst, m.Alpha, row.Number("alpha"))
			if worst > 1e-4 {
				t.Errorf("means are off R's by %.2g", worst)
			}
		})
	}
}

type forecaster interface {
	Forecast(h int) (mean, variance []float64)
}

// both fits each of the two models.
func both(y []float64, period int) (models [2]forecaster, err error) {
	m, err := Fit(y, period)
	if err != nil {
		return models, err
	}
	d, err := FitDynamic(y, period)
	return [2]forecaster{m, d}, err
}

func TestScalingTheSeriesScalesTheForecast(t *testing.T) {
	y := oracletest.Column(t, "week", "y")
	large := slices.Clone(y)
	for i := range large {
		large[i] *= 1024
	}
	a, err := both(y, 7)
	if err != nil {
		t.Fatal(err)
	}
	b, err := both(large, 7)
	if err != nil {
		t.Fatal(err)
	}
	for k := range a {
		meanA, varA := a[k].Forecast(14)
		meanB, varB := b[k].Forecast(14)
		for i := range meanA {
			if oracletest.Off(meanB[i], 1024*meanA[i]) > 1e-4 || oracletest.Off(varB[i], 1024*1024*varA[i]) > 1e-3 {
				t.Errorf("%T step %d: %v and %v", a[k], i+1, meanA[i], meanB[i])
			}
		}
	}
}

// A series that falls below zero has its season added; a constant stays itself;
// missing points make no NaN.
func TestFallbacks(t *testing.T) {
	below, holes := oracletest.Column(t, "week", "y"), oracletest.Column(t, "week", "y")
	for i := range below {
		below[i] -= 600
	}
	for i := 30; i < 40; i++ {
		holes[i] = math.NaN()
	}
	full, err := both(oracletest.Column(t, "week", "y"), 7)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		y   []float64
		add float64
		off float64
	}{
		"below zero": {below, 600, 0.06},
		"missing":    {holes, 0, 0.06},
	} {
		models, err := both(c.y, 7)
		if err != nil {
			t.Fatal(err)
		}
		for k := range models {
			want, _ := full[k].Forecast(7)
			mean, variance := models[k].Forecast(7)
			for i := range mean {
				if !(oracletest.Off(mean[i]+c.add, want[i]) < c.off) || !(variance[i] > 0) {
					t.Errorf("%s, %T step %d: %v with variance %v, want about %v", name, models[k], i+1, mean[i], variance[i], want[i]-c.add)
				}
			}
		}
	}
	for _, level := range []float64{0, 42} {
		models, err := both(slices.Repeat([]float64{level}, 40), 7)
		if err != nil {
			t.Fatal(err)
		}
		for k := range models {
			if mean, variance := models[k].Forecast(9); math.Abs(mean[8]-level) > 1e-3 || !(variance[8] < 1e-3) {
				t.Errorf("constant %v, %T: %v with variance %v", level, models[k], mean[8], variance[8])
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name string
		y    []float64
		want string
	}{
		{"empty", nil, "0 points that are not missing: want 5"},
		{"one point", []float64{3}, "1 points"},
		{"all missing", slices.Repeat([]float64{nan}, 50), "0 points"},
		{"a value of 1e300", []float64{1, 2, 1e300, 4, 5, 6}, "point 2 is 1e+300"},
		{"infinity", []float64{1, 2, 3, 4, 5, math.Inf(1)}, "point 5 is +Inf"},
	} {
		if _, err := both(c.y, 7); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
}

func TestNeverNaN(t *testing.T) {
	value := rapid.OneOf(rapid.Float64Range(-1e3, 1e3), rapid.Float64Range(0, 1), rapid.Just(0.0), rapid.Just(math.NaN()), rapid.Float64Range(-1e99, 1e99))
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOfN(value, 0, 40).Draw(t, "y")
		models, err := both(y, rapid.IntRange(-1, 50).Draw(t, "period"))
		if err != nil {
			return
		}
		for _, m := range models {
			mean, variance := m.Forecast(20)
			for i := range mean {
				if math.IsNaN(mean[i]) || math.IsInf(mean[i], 0) || !(variance[i] >= 0) || math.IsInf(variance[i], 0) {
					t.Fatalf("%T of %v: step %d is %v with variance %v", m, y, i+1, mean[i], variance[i])
				}
			}
		}
	})
}

// A series run through what was fitted to it is forecast as by the fit.
func TestFilterOfTheSameIsTheFit(t *testing.T) {
	y := oracletest.Column(t, "week", "y")
	m, err := Fit(y, 7)
	if err != nil {
		t.Fatal(err)
	}
	same, err := m.Filter(y)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := m.Forecast(14)
	if got, _ := same.Forecast(14); !slices.Equal(got, want) {
		t.Errorf("filtered %v, fitted %v", got, want)
	}
	if _, err := m.Filter(y[:3]); err == nil || !strings.Contains(err.Error(), "3 points") {
		t.Errorf("three points: got %v", err)
	}
}

func BenchmarkFit(b *testing.B) {
	y := oracletest.Column(b, "week", "y")
	for b.Loop() {
		if _, err := Fit(y, 7); err != nil {
			b.Fatal(err)
		}
	}
}
