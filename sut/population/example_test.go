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

// A request for a case that nobody made before finds one; what is made later has another kind of id.
func ExamplePopulation_Case() {
	p, err := population.New(20230101, 100_000)
	if err != nil {
		fmt.Println(err)
		return
	}
	c, found := p.Case("BC-4711-3")
	fmt.Println(found, c.Person, c.N, c.State)
	_, found = p.Case("BC-XMFRGG43FMZXW6YTB")
	fmt.Println(found)
	// Output:
	// true 4711 3 reviewing
	// false
}

func ExampleOutlets_Near() {
	outlets := population.NewOutlets(20230101)
	near := outlets.Near(30.69, 111.29, population.Transfers, 3) // the middle of Yichang
	for _, o := range near {
		fmt.Println(o.Services.Has(population.Transfers), o.Km < 5)
	}
	// Output:
	// true true
	// true true
	// true true
}
