package workflow_test

import (
	"fmt"

	"github.com/peakday/peakday/sut/workflow"
)

func Example() {
	benefit := workflow.Benefit()
	edge, err := benefit.Step("reviewing", "approved")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(edge.Verb, "by", edge.Roles, edge.FourEyes)
	fmt.Println(benefit.Path([]workflow.State{"applied", "accepted", "paying"}))

	clock, err := workflow.ClockOf("pension")
	if err != nil {
		fmt.Println(err)
		return
	}
	due := workflow.China().Due(clock, 20230118) // Spring Festival lies between
	fmt.Println(due, workflow.Burst(due, 20230221))
	// Output:
	// approve by clerk, reviewer true
	// step 2 of the log: the benefit is accepted and cannot become paying: it can become reviewing
	// 2023-02-20 true
}

func ExampleMachine_Mermaid() {
	fmt.Print(workflow.PayoutBatch().Mermaid())
	// Output:
	// stateDiagram-v2
	//     [*] --> planned
	//     planned --> locked: lock [reviewer, system] four eyes
	//     locked --> sent: send [clerk, system]
	//     sent --> closed: close [clerk, system] if items, ledger and the bank's receipt file give the same sums
	//     closed --> [*]
}
