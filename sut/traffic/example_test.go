package traffic_test

import (
	"fmt"
	"time"

	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/traffic"
)

func ExampleOperations() {
	for _, op := range traffic.Operations()[:4] {
		fmt.Printf("%-18s %s %-4s %s\n", op.Name, op.Class, op.Method, op.Path)
	}
	// Output:
	// sessions.create    P1 POST /v1/sessions
	// account.get        P1 GET  /v1/me/account
	// contributions.list P2 GET  /v1/me/contributions
	// eligibility.get    P0 GET  /v1/eligibility
}

func ExampleTraffic_At() {
	people, err := population.New(7, 1000)
	if err != nil {
		fmt.Println(err)
		return
	}
	book, err := rules.Open()
	if err != nil {
		fmt.Println(err)
		return
	}
	issued := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	t, err := traffic.New(people, book, traffic.NewKeys(7), issued)
	if err != nil {
		fmt.Println(err)
		return
	}
	settle, _ := t.At(17, "claims.settle")
	account, _ := t.At(17, "account.get")
	again, _ := t.At(17, "claims.settle")
	fmt.Println(settle.Class, settle.Method, settle.Path)
	fmt.Println(settle.Person == account.Person, string(settle.Body) == string(again.Body))
	// Output:
	// P0 POST /v1/claims
	// true true
}
