package chart

import (
	"math"
	"strconv"
	"strings"
)

// A Scale maps values to places on an axis.
type Scale int

// The scales.
const (
	Linear     Scale = iota
	Log              // values must be > 0; others are left out
	LogZero          // log10(1 + v): as Log for large values, and zero is at the foot
	Percentile       // quantiles in [0, 1): each nine takes the same room, as in plots of HdrHistogram
)

// place is where a value stands; NaN when the scale cannot show it.
func (s Scale) place(v float64) float64 {
	switch {
	case math.Abs(v) > farthest, s == Log && v < 1/farthest, s == LogZero && v <= -1, s == Percentile && v >= 1:
		return math.NaN()
	case s == Log:
		return math.Log10(v)
	case s == LogZero:
		return math.Log10(1 + v)
	case s == Percentile:
		return -math.Log10(1 - v)
	}
	return v
}

// farthest is as far out as a picture goes. Beyond about 2^50 a float cannot be stepped through finely enough for ticks.
const farthest = 1e15

// An Axis is one side of a chart.
type Axis struct {
	Label    string               // what it shows and the unit
	Scale    Scale                //
	Min, Max float64              // the ends; both 0 means from the data
	Format   func(float64) string // the text of a tick; nil means Thousands
	Ticks    []float64            // where the ticks are; nil means at round values
}

// A span is a range of values; the empty span has low > high.
type span struct{ low, high float64 }

func nothing() span { return span{math.Inf(1), math.Inf(-1)} }

func (r *span) include(values ...float64) {
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			r.low, r.high = math.Min(r.low, v), math.Max(r.high, v)
		}
	}
}

// ends are the values at both ends of the axis, given the range of the data: round, and never the same.
func (a Axis) ends(data span) (low, high float64) {
	if a.Min != 0 || a.Max != 0 {
		return a.Min, a.Max
	}
	if data.low > data.high {
		return a.roundDown(1), a.roundUp(10)
	}
	low, high = a.roundDown(data.low), a.roundUp(data.high)
	if low >= high {
		high = low + 1
	}
	return low, high
}

// fill are the ends of an axis whose data fill it from end to end.
func (a Axis) fill(data span) (low, high float64) {
	if a.Min != 0 || a.Max != 0 || data.low > data.high {
		return a.ends(data)
	}
	return data.low, math.Max(data.high, data.low+1e-9)
}

func (a Axis) roundDown(v float64) float64 {
	if a.Scale == Log {
		return math.Max(1/farthest, step(v/1.05, math.Floor, 1, 2, 5)) // room under a line that would lie on the axis
	}
	return math.Min(0, v)
}

func (a Axis) roundUp(v float64) float64 {
	switch {
	case a.Scale == Percentile:
		return v
	case v <= 0:
		return 0
	case a.Scale == Linear:
		return step(v, math.Ceil, 1, 1.5, 2, 3, 4, 5, 6, 8)
	}
	return step(v, math.Ceil, 1, 2, 3, 5)
}

// step rounds a value > 0 down or up to one of the mantissas times a power of ten.
func step(v float64, round func(float64) float64, mantissas ...float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	m := v / power
	if round(0.5) == 0 {
		below := mantissas[0]
		for _, s := range mantissas {
			if s <= m+1e-9 {
				below = s
			}
		}
		return below * power
	}
	for _, s := range mantissas {
		if s >= m-1e-9 {
			return s * power
		}
	}
	return 10 * power
}

// ticks are round values between the ends, about want of them.
func (a Axis) ticks(low, high float64, want int) []float64 {
	if a.Ticks != nil {
		return within(a.Ticks, low, high)
	}
	switch a.Scale {
	case Log, LogZero:
		return logTicks(a.Scale, low, high, want)
	case Percentile:
		return within([]float64{0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999}, low, high)
	}
	return linearTicks(low, high, want)
}

func linearTicks(low, high float64, want int) []float64 {
	raw := (high - low) / float64(want)
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	by := 10 * power
	for _, s := range []float64{1, 2, 5} {
		if s*power >= raw {
			by = s * power
			break
		}
	}
	var out []float64
	first := math.Ceil(low/by - 1e-9)
	for i := range 3 * want { // bounded: far from zero, steps may be too small to move at all
		if v := (first + float64(i)) * by; v <= high+by*1e-9 {
			out = append(out, v)
		}
	}
	return out
}

// logTicks takes every power of ten, with 2 and 5 or with 3 times it where there is room, or only every so many powers.
func logTicks(s Scale, low, high float64, want int) []float64 {
	first, last := -9, 15
	decades := s.place(high) - s.place(low)
	steps, stride := []float64{1}, 1
	switch {
	case 3*decades <= float64(want)+1:
		steps = []float64{1, 2, 5}
	case 2*decades <= float64(want)+1:
		steps = []float64{1, 3}
	case decades > float64(want):
		stride = int(math.Ceil(decades / float64(want)))
	}
	var all []float64
	if s == LogZero {
		all, first = append(all, 0), 0
	}
	for e := first; e <= last; e++ {
		if e%stride != 0 {
			continue
		}
		for _, m := range steps {
			all = append(all, m*math.Pow(10, float64(e)))
		}
	}
	return within(all, low, high)
}

func within(values []float64, low, high float64) []float64 {
	var out []float64
	slack := 1e-9 * math.Max(math.Abs(low), math.Abs(high))
	for _, v := range values {
		if v >= low-slack && v <= high+slack {
			out = append(out, v)
		}
	}
	return out
}

// Thousands writes a number with its thousands set apart by commas: 1,500; 0.25.
func Thousands(v float64) string {
	text := strconv.FormatFloat(math.Abs(v), 'f', -1, 64)
	if math.Abs(v) < 1e15 { // drop what binary fractions add, such as 0.30000000000000004
		text = strconv.FormatFloat(math.Round(math.Abs(v)*1e9)/1e9, 'f', -1, 64)
	}
	whole, fraction, found := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if found {
		whole += "." + fraction
	}
	if v < 0 {
		whole = "−" + whole
	}
	return whole
}

// Seconds writes a time with the unit that suits it, its figure in the way of Number or Measured: 250 ms, 1.5 s.
func Seconds(v float64, figure func(float64) string) string {
	switch {
	case v == 0:
		return "0 s"
	case v < 1e-6:
		return figure(v*1e9) + " ns"
	case v < 1e-3:
		return figure(v*1e6) + " µs"
	case v < 1:
		return figure(v*1e3) + " ms"
	}
	return figure(v) + " s"
}

// Time writes a time on an axis.
func Time(v float64) string { return Seconds(v, Number) }

// Percent writes a share as a percentage: 99.9 %.
func Percent(v float64) string { return Thousands(math.Round(v*1e7)/1e5) + " %" }

// Number writes a value to three significant digits without zeros behind, and whole numbers from 1,000 on. What is below
// a millionth is written as 0: for people it is none, and most often the rounding of sums.
func Number(v float64) string {
	if math.Abs(v) < 1e-6 || math.Abs(v) >= 1000 {
		return Thousands(math.Round(v))
	}
	scale := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(v))))
	return Thousands(math.Round(v*scale) / scale)
}

// Measured writes a value to three significant digits, zeros included: what was measured as 28.0 is not written 28.
func Measured(v float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 2, 64), 64)
	if err != nil || rounded == 0 || math.Abs(rounded) >= 100 {
		return Thousands(math.Round(rounded)) // whole, but for its last bits
	}
	decimals := 2 - int(math.Floor(math.Log10(math.Abs(rounded))))
	return strings.Replace(strconv.FormatFloat(rounded, 'f', decimals, 64), "-", "−", 1)
}
