package population

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/peakday/peakday/sut/rules"
)

// A Person is one insured person as on [Opening].
type Person struct {
	Index    int
	ID       string // P00000123
	IDNumber string // 18 characters, in an area code that does not exist
	Name     string // made up from a small table; names repeat
	Birth    rules.Date
	Sex      string // M or F, as the identity number says
	Class    rules.Class
	Region   string
	Employer int         // index
	Wage     int64       // fen a month; for the retired the last one
	Months   int         // months paid, without a gap, the last of them LastPaid
	LastPaid rules.Month // zero where Months is 0
	Pension  int64       // fen on the pension personal account
	Medical  int64       // fen on the medical personal account
	Status   Status      // at Opening
}

// A Status is where an enrolment stands.
type Status string

// The statuses a person can open with.
const (
	Active    Status = "active"
	Suspended Status = "suspended" // insured, without contributions for a year, or not yet at work
	Retired   Status = "retired"
)

// The wage is log-normal. P(wage < floor) = Φ((ln floor - ln median)/σ): with σ 0.55, the floor of 4,588.00 (O1) and a
// median of 7,280.00 it is Φ(-0.84) = 0.20.
const (
	wageMedian = 7280_00 // fen
	wageSigma  = 0.55
)

// Person is person i of 0..Size-1; it panics outside.
func (p *Population) Person(i int) Person {
	if i < 0 || i >= p.size {
		panic(fmt.Sprintf("population: person %d of %d", i, p.size))
	}
	var source rand.PCG
	source.Seed(p.seed, mix(p.seed, uint64(i)))
	r := rand.New(&source)

	tail := p.numbers.at(i)
	who := Person{
		Index:    i,
		Birth:    p.births.draw(r),
		Region:   DefaultRegion,
		Employer: p.EmployerOf(i),
		Wage:     int64(math.Round(wageMedian * math.Exp(wageSigma*r.NormFloat64()))),
	}
	who.Sex, who.Class = sexAndClass(tail%2 == 1, r)
	// One string holds the three texts: an allocation is a tenth of what a person costs.
	text := make([]byte, 0, idLength+numberLength+3*3)
	text = appendDigits(append(text, 'P'), i, idLength-1)
	text = appendIDNumber(text, tail, who.Birth)
	all := string(appendName(text, r))
	who.ID, who.IDNumber, who.Name = all[:idLength], all[idLength:idLength+numberLength], all[idLength+numberLength:]
	who.work(r)
	return who
}

// Bytes of a person's id and identity number.
const (
	idLength     = len("P00000123")
	numberLength = 18
)

// sexAndClass: an odd serial is a man's (GB 11643). Two women in five have the age of 55: our assumption.
func sexAndClass(odd bool, r *rand.Rand) (string, rules.Class) {
	switch {
	case odd:
		return "M", rules.Men
	case r.IntN(5) < 2:
		return "F", rules.Women55
	}
	return "F", rules.Women50
}

// work sets status, months paid and balances from birth, class and wage.
//
// Months are paid without a gap up to Opening, a year before it for the suspended, or retirement. They fill 60 to 100 %
// of the time since a start of work at 18 to 25, not before 1992 when accounts began. The pension account holds 8 % of
// the wage of each month; past wages were lower, on average taken as half of today's. A retired person has drawn a 139th
// of it a month since. The medical account is log-normal around 1,500.00. These are choices, not measurements.
func (who *Person) work(r *rand.Rand) {
	now, retires := Opening.Month(), who.Retires()
	end := min(now, retires) // the first month not paid
	switch {
	case retires <= now:
		who.Status = Retired
	case r.IntN(100) < 6:
		who.Status = Suspended
		end = end.Add(-12)
	default:
		who.Status = Active
	}
	start := max(who.Birth.Month().Add(12*18+r.IntN(12*7)), 199201)
	who.Months = max(0, int(float64(end.Since(start))*(0.6+0.4*r.Float64())))
	switch {
	case who.Months > 0:
		who.LastPaid = end.Add(-1)
	case who.Status == Active:
		who.Status = Suspended // not yet at work
	}
	who.Pension = int64(float64(who.Wage) * 0.08 * 0.5 * float64(who.Months))
	if who.Status == Retired {
		who.Pension = who.Pension * int64(139-min(139, now.Since(retires))) / 139
	}
	who.Medical = int64(150_000 * math.Exp(0.9*r.NormFloat64()))
}

// Retires is the month of retirement by the ages in force on [Opening], when none was delayed yet (O6).
func (who *Person) Retires() rules.Month {
	age := 60
	switch who.Class {
	case rules.Women55:
		age = 55
	case rules.Women50:
		age = 50
	}
	return who.Birth.Month().Add(12 * age)
}

// births draws a day of birth from weights by year.
type births struct {
	upTo [lastYear - firstYear + 1]float64 // cumulated weights
}

const (
	firstYear = 1938
	lastYear  = 2004 // eighteen on the day of Opening
)

// weight is the relative number of insured born in a year: few old ones, the bulge of 1962 to 1975, a plateau, the young
// who have not all begun. Our drawing of the known shape, not a count.
func weight(year int) float64 {
	switch {
	case year < 1962:
		return 0.2 + 0.6*float64(year-firstYear)/(1962-firstYear)
	case year <= 1975:
		return 1.6
	case year <= 1990:
		return 1.1
	}
	return 1.1 - 0.05*float64(year-1990)
}

func newBirths() births {
	var b births
	sum := 0.0
	for i := range b.upTo {
		sum += weight(firstYear + i)
		b.upTo[i] = sum
	}
	return b
}

func (b *births) draw(r *rand.Rand) rules.Date {
	at := r.Float64() * b.upTo[len(b.upTo)-1]
	i, _ := slices.BinarySearch(b.upTo[:], at)
	return dayOfYear(firstYear+i, 1+r.IntN(365))
}

// dayOfYear is day n of a year, 1 to 365.
func dayOfYear(year, n int) rules.Date {
	february := 28
	if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		february = 29
	}
	month := 1
	for _, days := range [...]int{31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30} {
		if n <= days {
			break
		}
		n -= days
		month++
	}
	return rules.Date(year*10000 + month*100 + n)
}
