package engine_test

import (
	"context"
	"fmt"
	"time"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/scenarios"
)

// A plan is walked without sending: what would leave, and when.
func ExamplePlan() {
	plan, err := engine.NewPlan(context.Background(), scenarios.Scenario{
		Name: "example", Seed: 1,
		Shape: scenarios.Shape{Base: 2, Phases: []scenarios.Phase{
			{Kind: scenarios.Ramp, Length: time.Second, To: scenarios.Rate{Value: 3, Times: true}}, // 2/s to 6/s
			{Kind: scenarios.Hold, Length: time.Second},
		}},
		Mix:     []scenarios.Weight{{Op: "account.get", Share: 3}, {Op: "claims.settle", Share: 1}},
		Timeout: 5 * time.Second, MaxInFlight: 100,
	}, plain{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Planned, "arrivals,", plan.Peak, "in the fullest second")
	for a := range plan.Arrivals {
		fmt.Printf("%d %-7v %-5s %s\n", a.Seq, a.Due.Round(time.Millisecond), plan.Phase(a.Due), a.Op)
	}
	// Output:
	// 10 arrivals, 6 in the fullest second
	// 0 207ms   ramp  account.get
	// 1 500ms   ramp  account.get
	// 2 725ms   ramp  account.get
	// 3 914ms   ramp  account.get
	// 4 1.083s  hold  claims.settle
	// 5 1.25s   hold  account.get
	// 6 1.417s  hold  claims.settle
	// 7 1.583s  hold  account.get
	// 8 1.75s   hold  claims.settle
	// 9 1.917s  hold  account.get
}
