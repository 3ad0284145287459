package population_test

import (
	"fmt"

	"github.com/peakday/peakday/sut/population"
)

func Example() {
	p, err := population.New(20230101, 100_000)
	if err != nil {
		fmt.Println(err)
		return
	}
	i := p.Pick(0)
	who := p.Person(i)
	back, found := p.Find(who.IDNumber)
	fmt.Println(who.IDNumber[:2], who.IDNumber[6:10] == who.Birth.String()[:4], back == i, found)
	fmt.Println(p.Employer(who.Employer).First <= i)
	// Output:
	// 99 true true true
	// true
}
