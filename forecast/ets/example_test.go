package ets_test

import (
	"fmt"
	"math"

	"github.com/peakday/peakday/forecast/ets"
)

// Eight weeks of daily counts in thousands, growing, quiet on Sundays; the coming
// four days.
func ExampleFit() {
	var y []float64
	for t := range 56 {
		v := 100 + float64(t)/2 + 3*math.Sin(float64(t*t))
		if t%7 == 6 {
			v -= 40
		}
		y = append(y, v)
	}
	m, err := ets.Fit(y, ets.Form{Error: ets.Additive, Trend: ets.Additive, Season: ets.Additive}, 7)
	if err != nil {
		fmt.Println(err)
		return
	}
	mean, variance := m.Forecast(7)
	for _, h := range []int{0, 5, 6} {
		fmt.Printf("%d: %.0f ± %.0f\n", h+1, mean[h], math.Sqrt(variance[h]))
	}
	// Output:
	// 1: 128 ± 2
	// 6: 131 ± 2
	// 7: 90 ± 2
}
