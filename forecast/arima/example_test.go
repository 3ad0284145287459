package arima_test

import (
	"fmt"
	"math"

	"github.com/peakday/peakday/forecast/arima"
)

// Ten days of hours: a wave a day, and an error of which seven tenths stay from one
// hour to the next.
func ExampleFit() {
	var y []float64
	e := 0.0
	for t := range 240 {
		e = 0.7*e + 4*math.Sin(float64(t*t))
		y = append(y, 100+30*math.Sin(2*math.Pi*float64(t+1)/24)+e)
	}
	m, err := arima.Fit(y, arima.Order{P: 1, Constant: true}, []arima.Season{{Period: 24, Harmonics: 1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("φ %.1f, mean and wave %.0f\n", m.AR, m.Coefficients[:2])
	mean, variance := m.Forecast(24)
	for _, h := range []int{1, 6, 12, 18, 24} {
		fmt.Printf("%d h: %.0f ± %.0f\n", h, mean[h-1], math.Sqrt(variance[h-1]))
	}
	// Output:
	// φ [0.7], mean and wave [100 30]
	// 1 h: 112 ± 3
	// 6 h: 131 ± 4
	// 12 h: 101 ± 4
	// 18 h: 70 ± 4
	// 24 h: 100 ± 4
}
