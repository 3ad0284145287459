package scenarios_test

import (
	"fmt"

	"github.com/peakday/peakday/scenarios"
)

func ExampleParse() {
	s, err := scenarios.Parse("noon.yaml", []byte(`
name: noon-rush
shape: {base: 5/s, phases: [{ramp: 5s, to: 300x}, {hold: 20s}]}
mix: {search: 9, order: 1}
budgets: ["admitted p95 <= 3s"]
`))
	fmt.Println(s.Name, s.Shape.Phases[0].To, s.Budgets[0].Quantile, err)
	// Output: noon-rush 300x 0.95 <nil>
}

// Every fault is reported at once, in the form that editors jump to.
func ExampleParse_faults() {
	_, err := scenarios.Parse("noon.yaml", []byte(`name: noon rush
shape: {base: 5, phases: [{ramp: 5s, to: 300x}]}
mix: {order: 1}
timeuot: 30
`))
	for _, fault := range err.(scenarios.Errors)[:2] {
		fmt.Println(fault)
	}
	// Output:
	// noon.yaml:1:7: name: found "noon rush", want lower case words joined by dashes, such as reform-day, of 64 letters at most
	// noon.yaml:2:15: shape.base: found 5, want a rate such as 5/s
}

func ExampleMarshal() {
	s, err := scenarios.Parse("noon.yaml", []byte("mix: R\nname: noon\nshape: {phases: [hold: 20s], base: 5/s}\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := scenarios.Marshal(s)
	fmt.Print(string(data), err)
	// Output:
	// name: noon
	// seed: 1
	// shape:
	//   base: 5/s
	//   phases: [{hold: 20s}]
	// mix: R
	// actors: [{name: everyone, share: 1, patience: 30s}]
	// timeout: 30s
	// good_within: 30s
	// drain: 30s
	// max_in_flight: 8192
	// variants:
	//   - {name: unprotected}
	//   - {name: protected, guard: true}
	// <nil>
}

func ExampleParseBudget() {
	b, err := scenarios.ParseBudget("P0 success >= 99.9%")
	fmt.Println(b.Scope, b.Metric, b.Value, err)
	fmt.Println(b.Evaluate(999./1000, 1000, 0))
	// Output:
	// P0 success 0.999 <nil>
	// pass
}
