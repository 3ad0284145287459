package ensemble

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/peakday/peakday/forecast/model"
)

// A parrot says at each step so many times the first value, whatever came since.
type parrot struct {
	name  string
	times func(t int) float64
}

func (m parrot) Name() string { return m.name }

func (m parrot) Forecast(p *model.Problem, paths [][]float64) {
	for k, o := range p.Origins {
		for i := range paths[k] {
			paths[k][i] = m.times(o+i) * p.Values[0]
		}
	}
}

// always says the same at all steps.
func always(times float64) parrot {
	return parrot{"always", func(int) float64 { return times }}
}

// parrots are a tier of them.
func parrots(power float64, members ...model.Model) Tier {
	tier := Fast()
	tier.Members, tier.Power = nil, power
	for _, m := range members {
		tier.Members = append(tier.Members, Member{m, 1})
	}
	return tier
}

func forecastBy(t *testing.T, values []float64, seasons []int, horizon int, tier Tier) Forecast {
	t.Helper()
	f, err := New(values, Options{Horizon: horizon, Seasons: seasons, Levels: []float64{0.5}, Tier: tier})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// By hand: of 10, who says 11 is off by 2/21 and 1/10, who says 12 by 4/22 and 2/10;
// the weights are as 1 over the sums.
func TestWeightsByHand(t *testing.T) {
	f := forecastBy(t, slices.Repeat([]float64{10}, 60), nil, 5, parrots(1, always(1.1), always(1.2)))
	near, far := 2.0/21+0.1, 4.0/22+0.2
	if want := far / (near + far); math.Abs(f.Weights[0]-want) > 1e-3 || math.Abs(f.Weights[0]+f.Weights[1]-1) > 1e-12 {
		t.Errorf("weights %v, want %.4f and the rest", f.Weights, want)
	}
	f = forecastBy(t, slices.Repeat([]float64{10}, 60), nil, 5, parrots(3, always(1.1), always(1.2)))
	if want := 1 / (1 + math.Pow(near/far, 3)); math.Abs(f.Weights[0]-want) > 1e-3 {
		t.Errorf("weights to the third power %v, want %.4f and the rest", f.Weights, want)
	}
	twice := parrots(4, always(1.1), always(1.1))
	twice.Members[0].Say = 2
	if f = forecastBy(t, slices.Repeat([]float64{10}, 60), nil, 5, twice); math.Abs(f.Weights[0]-2.0/3) > 1e-9 {
		t.Errorf("weights %v of two that are as good, one with twice the say: want two thirds and one", f.Weights)
	}
}

// With a say of 2 a member counts as two that say the same.
func TestASayOfTwoIsTwoMembers(t *testing.T) {
	twice := parrots(1, always(1.1), always(1.2))
	twice.Members[1].Say = 2
	got := forecastBy(t, slices.Repeat([]float64{10}, 60), nil, 5, twice)
	want := forecastBy(t, slices.Repeat([]float64{10}, 60), nil, 5, parrots(1, always(1.1), always(1.2), always(1.2)))
	if math.Abs(got.Weights[1]-want.Weights[1]-want.Weights[2]) > 1e-12 || math.Abs(got.Point[0]-want.Point[0]) > 1e-9 {
		t.Errorf("weights %v and %v, points %v and %v", got.Weights, want.Weights, got.Point[0], want.Point[0])
	}
}

// Of five that count alike, the wild one is not heard.
func TestTheMiddleOfTheMembersIsForecast(t *testing.T) {
	f := forecastBy(t, slices.Repeat([]float64{10}, 60), nil, 5, parrots(0, always(2.9), always(0.9), always(1.1), always(0.8), always(1)))
	if math.Abs(f.Point[4]-10) > 1e-9 {
		t.Errorf("8, 9, 10, 11 and 29 make %v, want 10", f.Point[4])
	}
}

// Three times what came before an origin is the most that is heard there.
func TestWildMembersAreTamedByWhatWasKnown(t *testing.T) {
	y := append(slices.Repeat([]float64{10}, 60), slices.Repeat([]float64{40}, 6)...)
	f := forecastBy(t, y, nil, 5, parrots(4, always(1000)))
	if first := f.Past[0].Path[0]; math.Abs(first-30) > 1e-9 || math.Abs(f.Point[0]-120) > 1e-9 {
		t.Errorf("at first %v, at last %v, want 3 times 10 and 3 times 40", first, f.Point[0])
	}
	if f = forecastBy(t, y, nil, 5, parrots(4, always(-1))); f.Point[0] != 0 {
		t.Errorf("what is said to be negative is %v, want 0", f.Point[0])
	}
}

// What is said of a hole is no error.
func TestHolesHaveNoSayInWeights(t *testing.T) {
	y := slices.Repeat([]float64{10}, 100)
	for i := 5; i < len(y); i += 10 {
		y[i] = math.NaN()
	}
	f := forecastBy(t, y, nil, 5, parrots(4, always(1.1), parrot{"wild in holes", func(t int) float64 {
		if t%10 == 5 {
			return 3
		}
		return 1.1
	}}))
	if math.Abs(f.Weights[0]-0.5) > 1e-9 || !strings.Contains(strings.Join(f.Warnings, "\n"), "10 of 100 values are missing") {
		t.Errorf("weights %v, warnings %q: want a half each, and the holes told", f.Weights, f.Warnings)
	}
}

// What came in the window of a rehearsal has no say in the weights that it was
// rehearsed with: who was right there would be heard too well.
func TestARehearsalDoesNotKnowItsOwnWindow(t *testing.T) {
	const horizon, n = 12, 120
	members := parrots(4, always(1), parrot{"waves", func(t int) float64 { return 1 + 0.3*math.Sin(float64(t)) }}, always(1.2))
	y := make([]float64, n)
	for i := range y {
		y[i] = 10 + 2*math.Cos(float64(3*i))
	}
	y[0], y[1] = 10, 16 // the largest
	want := forecastBy(t, y, []int{4}, horizon, members).Past
	if len(want) != mostOrigins {
		t.Fatalf("%d rehearsals, want %d", len(want), mostOrigins)
	}
	for k := range want {
		other := slices.Clone(y)
		first := n - horizon - 4*(len(want)-1-k)
		for i := first; i < first+horizon; i++ {
			other[i] = 12 + float64(i%3)
		}
		got := forecastBy(t, other, []int{4}, horizon, members).Past
		if !slices.Equal(got[k].Path, want[k].Path) {
			t.Errorf("rehearsal %d says %v, and %v when something else comes", k, want[k].Path, got[k].Path)
		}
		if k > 4 && slices.Equal(got[0].Path, want[0].Path) {
			t.Errorf("rehearsal 0 has learnt nothing from rehearsal %d", k)
		}
	}
}

func TestPeakOfARehearsal(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name         string
		path, actual []float64
		size         float64
		known        bool
	}{
		{"all came", []float64{5, 9}, []float64{6, 4}, 6, true},
		{"a hole forecast lower than what came", []float64{5, 3}, []float64{4, nan}, 4, true},
		{"a hole forecast higher may hide the peak", []float64{5, 6}, []float64{4, nan}, 4, false},
		{"nothing came", []float64{5, 6}, []float64{nan, nan}, nan, false},
	} {
		size, known := Rehearsal{Path: c.path, Actual: c.actual}.Peak()
		if known != c.known || known && size != c.size {
			t.Errorf("%s: %v, %v, want %v, %v", c.name, size, known, c.size, c.known)
		}
	}
}

// The fourth step is forecast highest and the second came highest, each time: with
// each past error on it the second is, and only the point itself has the fourth.
func TestWhereTheMaximumIsByHand(t *testing.T) {
	y := slices.Repeat([]float64{10, 15, 10, 10}, 30)
	f := forecastBy(t, y, []int{4}, 4, parrots(4, parrot{"late", func(t int) float64 {
		if t%4 == 3 {
			return 1.1
		}
		return 1
	}}))
	n := float64(len(f.Past))
	if s := f.Maximum.Steps; f.Maximum.Step != 4 || n < 10 || math.Abs(s[1]-n/(n+1)) > 1e-9 || math.Abs(s[3]-1/(n+1)) > 1e-9 {
		t.Errorf("highest at step %d, shares %v of %v rehearsals: want 4, and the second in all of them", f.Maximum.Step, s, n)
	}
}

func TestRehearsalsByHand(t *testing.T) {
	for _, c := range []struct {
		name        string
		n, horizon  int
		seasons     []int
		first, many int
	}{
		{"fourteen of forty days, a day apart", 960, 48, []int{24, 168}, 912 - 13*24, 14},
		{"a week and a day and a horizon lie before the first", 300, 48, []int{24}, 252 - 6*24, 7},
		{"where that leaves one, the week is given up", 300, 48, []int{24, 168}, 252 - 6*24, 7},
		{"and then the day", 100, 48, []int{24, 168}, 28, 2},
		{"none in a little more than a horizon", 60, 48, []int{24, 168}, 0, 0},
		{"without seasons a step apart", 10, 2, nil, 3, 6},
	} {
		got := rehearsals(c.n, Options{Horizon: c.horizon, Seasons: c.seasons})
		if len(got) != c.many || c.many > 0 && (got[0] != c.first || got[c.many-1] != c.n-c.horizon) {
			t.Errorf("%s: %v, want %d from %d on", c.name, got, c.many, c.first)
		}
	}
}

func TestRefusesOptionsThatMeanNothing(t *testing.T) {
	for want, o := range map[string]Options{
		"horizon 0: want at least one step":                                  {Tier: Fast()},
		"a tier without models":                                              {Horizon: 1},
		"seasons [24 24]: want lengths":                                      {Horizon: 1, Tier: Fast(), Seasons: []int{24, 24}},
		"seasons [1]: want lengths":                                          {Horizon: 1, Tier: Fast(), Seasons: []int{1}},
		"levels [0]: want probabilities":                                     {Horizon: 1, Tier: Fast(), Levels: []float64{0}},
		"levels [0.5 1]: want probabilities":                                 {Horizon: 1, Tier: Fast(), Levels: []float64{0.5, 1}},
		"levels [1e-20]: want probabilities from 1e-09 to 1 - 1e-09, rising": {Horizon: 1, Tier: Fast(), Levels: []float64{1e-20}},
		"levels [0.5 0.25]: want probabilities":                              {Horizon: 1, Tier: Fast(), Levels: []float64{0.5, 0.25}},
		"levels [NaN]: want probabilities":                                   {Horizon: 1, Tier: Fast(), Levels: []float64{math.NaN()}},
	} {
		if _, err := New(weekly(300, 1), o); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
