package theta_test

import (
	"fmt"

	"github.com/peakday/peakday/forecast/theta"
)

// Ten weeks of daily counts that grow by two a day, with quiet weekends.
func ExampleFit() {
	var y []float64
	for t := range 70 {
		v := 300 + 2*float64(t)
		if t%7 >= 5 {
			v /= 2
		}
		y = append(y, v)
	}
	m, err := theta.Fit(y, 7)
	if err != nil {
		fmt.Println(err)
		return
	}
	mean, _ := m.Forecast(7)
	fmt.Printf("%.0f\n", mean)
	// Output:
	// [439 439 441 443 444 222 222]
}
