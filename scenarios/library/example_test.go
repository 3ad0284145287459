package library_test

import (
	"fmt"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/library"
)

func ExampleList() {
	for _, name := range library.List() {
		s, err := library.Open(name)
		fmt.Println(name, "-", s.Title, err)
	}
	// Output:
	// calm-day - A calm workday with two office peaks <nil>
	// declaration-deadline - The last day for declarations, with 60 % of the load in its last six hours <nil>
	// estimator-rush - A rush on the pension estimator, 100 times the load <nil>
	// hello-target - Two requests against a service of my own <nil>
	// payout-day - The day pensions are paid, six times the load at eight <nil>
	// reform-day-300x - The first day of a reform, 300 times the load <nil>
	// reform-day-retries - The first day of a reform, with three naive retries <nil>
}

// A service that lacks operations is driven with the rest of the mix, and the report says which part that was.
func ExampleResolve() {
	s, err := library.Open("calm-day")
	if err != nil {
		fmt.Println(err)
		return
	}
	if s, err = library.Resolve(s); err != nil {
		fmt.Println(err)
		return
	}
	kept, missing, share := scenarios.Renormalise(s.Mix, []string{"account.get", "claims.settle"})
	fmt.Printf("%v, %d missing, %.0f %% kept\n", kept, len(missing), 100*share)
	// Output: [{account.get 15} {claims.settle 7}], 25 missing, 22 % kept
}
