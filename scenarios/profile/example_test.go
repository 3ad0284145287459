package profile_test

import (
	"fmt"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/profile"
)

func ExampleOf() {
	p, marks, err := profile.Of(scenarios.Shape{Base: 5, Phases: []scenarios.Phase{
		{Kind: scenarios.Ramp, Length: 5 * time.Second, To: scenarios.Rate{Value: 300, Times: true}},
		{Kind: scenarios.Hold, Length: 24 * time.Second},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("arrivals:", p.Count(p.Length()))
	fmt.Println("peak:", marks.PeakRate, "per second from", marks.HoldFrom, "to", marks.HoldTo)
	// Output:
	// arrivals: 39762.5
	// peak: 1500 per second from 5s to 29s
}
