package rules_test

import (
	"fmt"
	"log"

	"github.com/peakday/peakday/sut/rules"
)

func Example() {
	book, err := rules.Open()
	if err != nil {
		log.Fatal(err)
	}
	bill := rules.Visit{
		Region: "420500", Date: 20230101, Tier: 3, Account: 200_00,
		Lines: []rules.Line{{Item: "A0012", Qty: 40, Unit: 45_00, InPolicy: true}},
	}
	s, err := book.Settle(bill)
	if err != nil {
		log.Fatal(err)
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

// Two countries, one call: the packs of the region say which formula it is.
func ExampleBook_Estimate() {
	book, err := rules.Open()
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range []rules.PensionFacts{
		{Region: "110000", AsOf: 202608, Birth: 197602, Class: rules.Men, Months: 360, Index: 800_000, Account: 100_000_00, Deemed: 36},
		{Region: "US", AsOf: 201701, Birth: 195105, Class: "all", Months: 420, Index: 1_000_000, Base: 8843_00},
	} {
		p, err := book.Estimate(f)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(p.Retire, p.Total)
		for _, step := range p.Trace {
			fmt.Println("  " + step)
		}
	}
	// Output:
	// 2038-12 478204
	//   O6.retirement born 1976-02, class M: 60 years + 34 months = 2038-12
	//   O12.base C 1204900 of CN-110000
	//   O9.basic (1204900 + 1204900 x 800000 ppm) / 2 x 360 / 12 x 10000 ppm = 325323
	//   O10.account 10000000 after 148 months at 26200 ppm a year = 13809630
	//   O10.personal 13809630 / 118.3 = 116734
	//   O11.transition 1204900 x (36 + 800000 ppm x 0) / 12 x 10000 ppm = 36147
	//   total 325323 + 116734 + 36147 = 478204
	//   O7.minimum in 2038-12: 234 months, 360 count
	// 2017-05 268700
	//   O21.retirement born 1951-05, class all: 66 years + 0 months = 2017-05
	//   base C 884300 as given
	//   O21.indexed wage 884300, down to the dollar
	//   O21.primary 900000 ppm up to 79100, 320000 ppm up to 476800, 150000 ppm above = 259570, down to the dime
	//   O21.raise of 2013-12: 15000 ppm = 263460, down to the dime
	//   O21.raise of 2014-12: 17000 ppm = 267930, down to the dime
	//   O21.raise of 2015-12: 0 ppm = 267930, down to the dime
	//   O21.raise of 2016-12: 3000 ppm = 268730, down to the dime
	//   total 268730, down to the dollar = 268700
	//   O21.minimum in 2017-05: 120 months, 420 count
}

// A declaration: the law is found once, each line is reckoned without it being found again.
func ExampleBook_Contributor() {
	book, err := rules.Open()
	if err != nil {
		log.Fatal(err)
	}
	sichuan, err := book.Contributor("510000", 202507)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sichuan.Schemes())
	for _, wage := range []int64{3000_00, 8000_00, 50000_00} {
		d, err := sichuan.Contribute(wage)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(d.Base, d.Employer+d.Person)
	}
	// Output:
	// [pension medical unemployment injury maternity]
	// 458800 166085
	// 800000 289600
	// 2293800 830355
}

func ExampleCheckCitation() {
	fmt.Println(rules.CheckCitation("pay-on-time", "社会保险法 73"))
	fmt.Println(rules.CheckCitation("recover-overpayment", "社会保险法 87"))
	// Output:
	// <nil>
	// citation "社会保险法 87" does not give "recover-overpayment": 社会保险法 87 is on fraud-by-institution (An agency, hospital or pharmacy that gets money from a fund by fraud pays it back and is fined two to five times the amount). Cite 社会保险经办条例 46
}
