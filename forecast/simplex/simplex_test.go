package simplex

import (
	"math"
	"runtime"
	"slices"
	"testing"
)

// Rosenbrock's valley has its least, 0, at (1, 1).
func TestFindsTheEndOfTheValley(t *testing.T) {
	f := func(x []float64) float64 {
		return 100*(x[1]-x[0]*x[0])*(x[1]-x[0]*x[0]) + (1-x[0])*(1-x[0])
	}
	x, v := Minimize(f, []float64{-1.2, 1}, []float64{0.5, 0.5}, 5000)
	if math.Abs(x[0]-1) > 1e-3 || math.Abs(x[1]-1) > 1e-3 || v > 1e-6 {
		t.Errorf("found %v at %v, want 0 at (1, 1)", v, x)
	}
}

func TestStepsMayDifferByManyOrders(t *testing.T) {
	f := func(x []float64) float64 { return math.Abs(x[0]-3e6)/1e6 + math.Abs(x[1]-2e-6)*1e6 }
	x, _ := Minimize(f, []float64{0, 0}, []float64{1e6, 1e-6}, 2000)
	if math.Abs(x[0]-3e6) > 1 || math.Abs(x[1]-2e-6) > 1e-11 {
		t.Errorf("found %v, want (3e6, 2e-6)", x)
	}
}

func TestNeverWorseThanTheStart(t *testing.T) {
	for name, f := range map[string]func([]float64) float64{
		"no number anywhere":  func([]float64) float64 { return math.NaN() },
		"infinite elsewhere":  func(x []float64) float64 { return math.Abs(x[0]) * math.Inf(1) },
		"the same everywhere": func([]float64) float64 { return 5 },
	} {
		x, v := Minimize(f, []float64{0}, []float64{1}, 300)
		if math.IsNaN(v) || math.IsInf(v, 0) || v > number(f([]float64{0})) {
			t.Errorf("%s: found %v at %v", name, v, x)
		}
	}
}

func TestAsksNoMoreThanItMay(t *testing.T) {
	asked := 0
	f := func(x []float64) float64 { asked++; return x[0]*x[0] + x[1]*x[1] }
	Minimize(f, []float64{100, 100}, []float64{1e-3, 1e-3}, 50)
	if asked > 50+5 {
		t.Errorf("asked %d times, want about 50 at most", asked)
	}
}

func TestTheSameAtAnyParallelism(t *testing.T) {
	f := func(x []float64) float64 { return math.Abs(x[0]-math.Pi) + (x[1]-x[0])*(x[1]-x[0]) }
	find := func(procs int) []float64 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		x, v := Minimize(f, []float64{0, 0}, []float64{1, 1}, 500)
		return append(x, v)
	}
	if one, four := find(1), find(4); !slices.Equal(one, four) {
		t.Errorf("one processor finds %v, four %v", one, four)
	}
}
