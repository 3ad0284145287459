package gpd_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/peakday/peakday/forecast/gpd"
)

// 90 days of hourly errors whose tail is exponential. The largest of 48 stays under
// ln(48) - ln(-ln 0.99) = 8.5 with 99 % in truth; a hundred clusters tell it so far.
func ExampleFit() {
	rng := rand.New(rand.NewPCG(1, 1))
	errors := make([]float64, 90*24)
	for t := range errors {
		errors[t] = rng.ExpFloat64()
	}
	tail, err := gpd.Fit(errors, gpd.Options{Threshold: 0.95})
	if err != nil {
		fmt.Println(err)
		return
	}
	level, _ := tail.Max(0.99, 48)
	fmt.Printf("%d clusters over %.1f, shape %.2f; 99 %% of 48 hours stay under %.1f\n", tail.Clusters, tail.Threshold, tail.Distribution.Shape, level)
	// Output:
	// 101 clusters over 3.0, shape -0.05; 99 % of 48 hours stay under 7.7
}
