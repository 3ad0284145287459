package stl_test

import (
	"fmt"
	"math"

	"github.com/peakday/peakday/forecast/stl"
)

// Three weeks of daily counts: 100, but 170 on Saturdays and Sundays, and one
// Wednesday with 30 more.
func ExampleDecompose() {
	var y []float64
	for range 3 {
		y = append(y, 100, 100, 100, 100, 100, 170, 170)
	}
	y[9] += 30
	parts, err := stl.Decompose(y, []stl.Season{{Period: 7}}, stl.Options{Robust: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	for t := 8; t < 14; t++ {
		fmt.Printf("%.0f = %.0f %+.0f %+.0f\n", y[t], parts.Trend[t], parts.Seasonal[0][t], math.Round(parts.Remainder[t])+0)
	}
	// Output:
	// 100 = 120 -20 +0
	// 130 = 120 -20 +30
	// 100 = 120 -20 +0
	// 100 = 120 -20 +0
	// 170 = 120 +50 +0
	// 170 = 120 +50 +0
}
