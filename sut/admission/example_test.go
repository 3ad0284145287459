package admission_test

import (
	"fmt"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

func Example() {
	law, err := admission.NewLaw("fixed", admission.LawConfig{FixedLimit: 1})
	if err != nil {
		panic(err)
	}
	guard := admission.NewGuard(law, 10*time.Second)
	now := time.Date(2018, 7, 1, 9, 0, 0, 0, time.UTC)

	first := &admission.Entry{Class: admission.P1}
	fmt.Println("first:", guard.Admit(now, first).Reason)

	second := &admission.Entry{Class: admission.P1, Answer: func(d admission.Decision) {
		fmt.Println("second:", d.Reason, "after", d.Wait)
	}}
	fmt.Println("second:", guard.Admit(now, second).Reason)

	third := &admission.Entry{Class: admission.P1}
	fmt.Println("third:", guard.Admit(now, third).Reason)

	guard.Done(now.Add(time.Second), first, admission.Succeeded)
	// Output:
	// first: admitted
	// second: queued
	// third: queue_full
	// second: admitted after 1s
}
