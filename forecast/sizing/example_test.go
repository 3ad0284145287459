package sizing_test

import (
	"fmt"
	"log"

	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/sizing"
)

func Example() {
	// As a forecast has it: the tenths of a peak around 500/s.
	f := forecast.Forecast{
		History:    forecast.Facts{BinSeconds: 1},
		Peaks:      []forecast.Peak{{P: 0.5, PerSecond: 500}, {P: 0.9, PerSecond: 900}},
		PeakSample: []float64{380, 410, 450, 480, 500, 540, 610, 700, 900},
	}
	plan, err := sizing.New(f, sizing.Options{Capacity: 80, Lift: 4, Spare: 1})
	if err != nil {
		log.Fatal(err)
	}
	for _, n := range plan.Needs {
		fmt.Printf("%.0f %%, event %-5v  %4.0f/s  %2d replicas, %.0f %% busy at the peak, %.0f %% with one lost\n",
			100*n.P, n.Event, n.Peak, n.Replicas, 100*n.Utilization, 100*n.Degraded)
	}
	for _, r := range plan.Risk[2:6] {
		fmt.Printf("%2d up: %s\n", r.Replicas, r.Risk)
	}
	// Output:
	// 50 %, event false   500/s   8 replicas, 78 % busy at the peak, 89 % with one lost
	// 90 %, event false   900/s  13 replicas, 87 % busy at the peak, 94 % with one lost
	// 50 %, event true   2000/s  26 replicas, 96 % busy at the peak, 100 % with one lost
	// 90 %, event true   3600/s  46 replicas, 98 % busy at the peak, 100 % with one lost
	//  6 up: ≤ 60 %
	//  7 up: ≤ 40 %
	//  8 up: ≤ 30 %
	//  9 up: ≤ 20 %
}
