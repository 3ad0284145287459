package ensemble_test

import (
	"fmt"

	"github.com/peakday/peakday/forecast/ensemble"
)

// Four weeks of a day that rises to 340 at noon, half of it at weekends.
func ExampleNew() {
	var hourly []float64
	for h := range 28 * 24 {
		v := 100 + 20*float64(12-max(h%24-12, 12-h%24))
		if h/24%7 >= 5 {
			v /= 2
		}
		hourly = append(hourly, v)
	}
	f, err := ensemble.New(hourly, ensemble.Options{Horizon: 24, Seasons: []int{24, 168}, Levels: []float64{0.9}, Tier: ensemble.Fast()})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("noon %.0f, likely step of the peak %d of %d\n", f.Point[12], f.Maximum.Step, len(f.Point))
	parts, err := f.Components(hourly, []int{24, 168})
	if err != nil {
		fmt.Println(err)
		return
	}
	sum := 0.0
	for _, part := range parts {
		fmt.Printf("%s %.0f\n", part.Name, part.Values[12])
		sum += part.Values[12]
	}
	fmt.Println("all of it:", sum == f.Point[12])
	// Output:
	// noon 340, likely step of the peak 13 of 24
	// level 189
	// season of 24 102
	// season of 168 48
	// change 1
	// all of it: true
}
