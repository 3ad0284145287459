package rules_test

import (
	"fmt"

	"github.com/peakday/peakday/sut/rules"
)

func Example() {
	book, err := rules.Open()
	if err != nil {
		fmt.Println(err)
		return
	}
	bill := rules.Visit{
		Region: "420500", Date: 20230101, Tier: 3, Account: 200_00,
		Lines: []rules.Line{{Item: "A0012", Qty: 40, Unit: 45_00, InPolicy: true}},
	}
	s, err := book.Settle(bill)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("fund", s.Fund, "account", s.Account, "cash", s.Cash)
	for _, step := range s.Trace {
		fmt.Println(step)
	}
	// Output:
	// fund 65000 account 20000 cash 95000
	// O18.in_policy 180000 of 180000
	// O18.deductible 50000 of 50000 left
	// O18.share (180000 - 50000) x 500000 ppm = 65000
	// O18.fund 65000, cap left 220000
	// O18.account 20000 of balance 20000
	// O18.cash 95000
}
