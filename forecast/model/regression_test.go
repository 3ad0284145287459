package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/peakday/peakday/forecast/series"
)

// rows are the sums of a regression of the last column on the others.
func rows(columns ...[]float64) *sums {
	s := newSums(len(columns), math.Inf(1))
	s.add(columns, 0, &Problem{})
	return s
}

// With orthogonal regressors of mean 0 and deviation 1 each coefficient is its
// correlation, drawn to zero by λα and shrunk by 1 + λ(1-α) (Friedman et al. 2010,
// equation 5). By hand: y = 3x₁ + x₂ - 0.1x₃ + 7 with deviation d = √10.01 has the
// correlations 3/d, 1/d and -0.1/d.
func TestNetOfOrthogonalRegressorsIsTheSoftThreshold(t *testing.T) {
	x := [][]float64{
		{1, 1, 1, 1, -1, -1, -1, -1},
		{1, 1, -1, -1, 1, 1, -1, -1},
		{1, -1, 1, -1, 1, -1, 1, -1},
	}
	y := make([]float64, 8)
	for i := range y {
		y[i] = 7 + 3*x[0][i] + x[1][i] - 0.1*x[2][i]
	}
	d := math.Sqrt(10.01)
	for _, c := range []struct{ alpha, lambda, first, second, third float64 }{
		{1, 0, 3, 1, -0.1},
		{1, 0.1, 3 - 0.1*d, 1 - 0.1*d, 0},
		{1, 2, 0, 0, 0},
		{0, 0.5, 2, 1 / 1.5, -0.1 / 1.5},
		{0.5, 0.2, (3 - 0.1*d) / 1.1, (1 - 0.1*d) / 1.1, 0},
	} {
		n := newNet(rows(x[0], x[1], x[2], y), c.alpha)
		b := make([]float64, 3)
		n.descend(b, c.lambda)
		if got, want := n.coefficients(b), []float64{7, c.first, c.second, c.third}; !floats.EqualApprox(got, want, 1e-9) {
			t.Errorf("α %v, λ %v: coefficients %v, want %v", c.alpha, c.lambda, got, want)
		}
	}
}

// drawn are correlated columns and one that they explain in part.
func drawn(t *rapid.T) [][]float64 {
	n, p := rapid.IntRange(5, 40).Draw(t, "rows"), rapid.IntRange(1, 8).Draw(t, "columns")
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	columns := make([][]float64, p+1)
	for j := range columns {
		columns[j] = make([]float64, n)
		for i := range n {
			columns[j][i] = 5 + rng.NormFloat64()*math.Pow(10, float64(j%3))
			if j > 0 {
				columns[j][i] += 0.8 * columns[j-1][i]
			}
		}
	}
	return columns
}

// The conditions that hold at the least of the objective and nowhere else, in the
// data themselves and not in the sums that the search sees: with x and y standard
// and r what is left, x'r/n - λ(1-α)b is λα·sign(b) where b is not 0, and at most
// λα in size where it is.
func TestNetIsAtTheLeast(t *testing.T) {
	const tolerance = 20 * settled
	rapid.Check(t, func(t *rapid.T) {
		columns := drawn(t)
		alpha, lambda := rapid.Float64Range(0, 1).Draw(t, "alpha"), rapid.Float64Range(0.001, 1).Draw(t, "lambda")
		n := newNet(rows(columns...), alpha)
		b := make([]float64, len(columns)-1)
		n.descend(b, lambda)
		for _, c := range columns {
			standardize(c)
		}
		left := slices.Clone(columns[len(b)])
		for j, v := range b {
			floats.AddScaled(left, -v, columns[j])
		}
		for j, v := range b {
			pull := floats.Dot(columns[j], left)/float64(len(left)) - lambda*(1-alpha)*v
			switch {
			case v != 0 && math.Abs(pull-math.Copysign(lambda*alpha, v)) > tolerance:
				t.Fatalf("coefficient %d is %v and pulled by %v, want %v", j, v, pull, math.Copysign(lambda*alpha, v))
			case v == 0 && math.Abs(pull) > lambda*alpha+tolerance:
				t.Fatalf("coefficient %d is 0 and pulled by %v, want at most %v", j, pull, lambda*alpha)
			}
		}
	})
}

func standardize(x []float64) {
	floats.AddConst(-mean(x), x)
	floats.Scale(math.Sqrt(float64(len(x)))/floats.Norm(x, 2), x)
}

// At α = 0 the net is b = (G + λI)⁻¹c.
func TestNetAtItsLimitIsRidge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := drawn(t)
		lambda := rapid.Float64Range(0.1, 10).Draw(t, "lambda")
		n := newNet(rows(columns...), 0)
		p := len(columns) - 1
		b := make([]float64, p)
		n.descend(b, lambda)
		g := mat.NewDense(p, p, nil)
		for i := range p {
			g.SetRow(i, n.gram[i])
			g.Set(i, i, g.At(i, i)+lambda)
		}
		var want mat.VecDense
		if err := want.SolveVec(g, mat.NewVecDense(p, n.with)); err != nil {
			t.Fatal(err)
		}
		if !floats.EqualApprox(b, want.RawVector().Data, 1e-2) {
			t.Fatalf("coefficients %v, in closed form %v", b, want.RawVector().Data)
		}
	})
}

// A line that turns once is followed by one that goes on as it ended; where slopes
// may not change it is missed.
func TestRegressionFindsTheChangeOfSlope(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	y := make([]float64, 448)
	for i := range y {
		y[i] = 100 + 0.1*float64(i) - 0.4*float64(max(0, i-190)) + rng.NormFloat64()
	}
	p := &Problem{Values: y[:400], Origins: []int{400}, Horizon: 48}
	turned := forecast(Regression{Label: "turns", Changes: 25, Mix: 0.5}, p)[0]
	straight := forecast(Regression{Label: "straight", Mix: 0.5}, p)[0]
	if got, want := turned[47]-turned[0], -0.3*47; math.Abs(got-want) > 3 || math.Abs(turned[0]-y[400]) > 5 {
		t.Errorf("from %v by %v over the horizon, want from %v by %v", turned[0], got, y[400], want)
	}
	if math.Abs(straight[47]-y[447]) < 10 {
		t.Errorf("a straight line ends at %v, near %v: the test does not tell", straight[47], y[447])
	}
}

// By hand: four changes in forty steps are ten apart, and each may be used when the 15
// steps of a horizon lie behind it.
func TestAChangeOfSlopeWaitsForItsHorizon(t *testing.T) {
	var d design
	d.trend(4, 40, 75, 15)
	if want := []int{0, 25, 35, 45, 55}; !slices.Equal(d.since, want) {
		t.Errorf("the line and its changes may be used from %v on, want %v", d.since, want)
	}
}

// A campaign known ahead moves the forecast by what it moved before.
func TestRegressionKnowsWhatARegressorDoes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const n, horizon = 600, 48
	y, truth, mails := make([]float64, n+horizon), make([]float64, n+horizon), make([]float64, n+horizon)
	for i := range y {
		mails[i] = float64(rng.IntN(10))
		truth[i] = 200 + 40*math.Sin(2*math.Pi*float64(i)/24) + 5*mails[i]
		y[i] = truth[i] + 2*rng.NormFloat64()
	}
	m := Regression{Label: "mails", Harmonics: []int{2}, Mix: 0.9}
	p := &Problem{Values: y[:n], Seasons: []int{24}, Origins: []int{n}, Horizon: horizon}
	without := meanOff(forecast(m, p)[0], truth[n:])
	p.Regressors = []series.Regressor{{Name: "mails", Values: mails}}
	with := meanOff(forecast(m, p)[0], truth[n:])
	if with > 0.4 || without < 8 { // mails are off their mean by 2.5
		t.Errorf("off by %v with the regressor and by %v without, want under 0.4 and over 8", with, without)
	}
	p.Regressors[0].Values = mails[:n] // not known ahead: its mean
	f := forecast(m, p)[0]
	if got, want := mean(f), 200+5*mean(mails[:n]); math.Abs(got-want) > 3 {
		t.Errorf("a regressor that is not known ahead makes a mean of %v, want about %v", got, want)
	}
}

func meanOff(got, want []float64) float64 {
	return floats.Distance(got, want, 1) / float64(len(got))
}

// Powers of two scale without rounding.
func TestRegressionScales(t *testing.T) {
	y := weekly(500, 8)
	large := slices.Clone(y)
	floats.Scale(1024, large)
	m := Regression{Label: "scaled", Changes: 10, Harmonics: []int{5, 3}, Mix: 0.5, HalfLife: 300}
	a := forecast(m, &Problem{Values: y, Seasons: []int{24, 168}, Origins: []int{400, 500}, Horizon: 24})
	b := forecast(m, &Problem{Values: large, Seasons: []int{24, 168}, Origins: []int{400, 500}, Horizon: 24})
	for k := range a {
		floats.Scale(1024, a[k])
		if !slices.Equal(a[k], b[k]) {
			t.Errorf("origin %d: scaled %v, want %v", k, b[k][:3], a[k][:3])
		}
	}
}

// What nobody can use is left out: all NaN, infinite, constant, shorter than the
// series, or enormous.
func TestRegressionSurvivesItsRegressors(t *testing.T) {
	y := weekly(300, 9)
	nan, inf := math.NaN(), math.Inf(1)
	huge := make([]float64, 400)
	for i := range huge {
		huge[i] = 1e308 * float64(i%2)
	}
	p := &Problem{Values: y, Seasons: []int{24}, Origins: []int{280, 300}, Horizon: 24, Regressors: []series.Regressor{
		{Values: nil}, {Values: []float64{nan, nan}}, {Values: []float64{1, inf, 2}}, {Values: slices.Repeat([]float64{3}, 400)}, {Values: huge},
	}}
	m := Regression{Label: "regressors", Changes: 5, Harmonics: []int{4}, Mix: 0.5}
	for _, path := range forecast(m, p) {
		if !finite(path) {
			t.Errorf("forecast %v", path)
		}
	}
}

// The seventh harmonic of a week is the first of a day.
func TestWavesAreTakenOnce(t *testing.T) {
	p := &Problem{Values: make([]float64, 400), Seasons: []int{24, 168}, Origins: []int{400}, Horizon: 1}
	for _, c := range []struct {
		name      string
		harmonics []int
		want      int // line, waves and the series
	}{
		{"none", nil, 2},
		{"one of the day, seven of the week", []int{1, 7}, 1 + 2 + 12 + 1},
		{"half a turn has no sine", []int{12}, 1 + 23 + 1},
		{"no more than half the season", []int{40}, 1 + 23 + 1},
	} {
		if got := len((Regression{Harmonics: c.harmonics}).design(p).columns); got != c.want {
			t.Errorf("%s: %d columns, want %d", c.name, got, c.want)
		}
	}
}
