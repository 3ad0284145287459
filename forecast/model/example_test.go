package model_test

import (
	"fmt"

	"github.com/peakday/peakday/forecast/model"
)

// Three weeks of an office that is at half on Sundays. Each model forecasts the Monday
// after them, and the Sunday before from what was known until then: that tells how much
// each is worth.
func ExampleModel() {
	var hourly []float64
	for h := range 21 * 24 {
		v := 100 + 10*float64(12-max(h%24-12, 12-h%24))
		if h/24%7 == 6 {
			v /= 2
		}
		hourly = append(hourly, v)
	}
	n := len(hourly)
	p := &model.Problem{Values: hourly, Seasons: []int{24, 168}, Origins: []int{n - 24, n}, Horizon: 24}
	for _, m := range []model.Model{
		model.Naive{Season: 0},
		model.Naive{Season: 1},
		model.InLogs(model.Profile{Label: "usual hour", HalfLife: 400, Shrink: 1, Rest: model.Ridge{Lags: model.Few, HalfLife: 500, Penalty: 5}}),
	} {
		paths := [][]float64{make([]float64, p.Horizon), make([]float64, p.Horizon)}
		m.Forecast(p, paths)
		fmt.Printf("%s: noon on Sunday %.0f of %.0f, on Monday %.0f\n", m.Name(), paths[0][12], hourly[n-12], paths[1][12])
	}
	// Output:
	// seasonal naive 1: noon on Sunday 220 of 110, on Monday 110
	// seasonal naive 2: noon on Sunday 110 of 110, on Monday 220
	// usual hour in logs: noon on Sunday 110 of 110, on Monday 220
}
