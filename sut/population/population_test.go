package population

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/rules"
	"pgregory.net/rapid"
)

func make100k(t testing.TB) *Population {
	t.Helper()
	p, err := New(20230101, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The two numbers are the examples of GB 11643-1999 itself.
func TestCheckDigitOfTheStandardsExamples(t *testing.T) {
	for _, number := range []string{"11010519491231002X", "440524188001010014"} {
		if got := CheckDigit(number[:17]); got != number[17] {
			t.Errorf("check digit of %s is %c, want %c", number[:17], got, number[17])
		}
	}
	for _, bad := range []string{"", "1101051949123100", "1101051949123100A"} {
		if got := CheckDigit(bad); got != 0 {
			t.Errorf("check digit of %q is %c, want none", bad, got)
		}
	}
}

func TestASizeOutsideIsRefused(t *testing.T) {
	for _, size := range []int{-1, 0, Most + 1} {
		if _, err := New(1, size); err == nil || !strings.Contains(err.Error(), fmt.Sprint(size)) {
			t.Errorf("a population of %d: error is %v", size, err)
		}
	}
}

func TestAPersonIsAFunctionOfSeedAndIndex(t *testing.T) {
	p, q := make100k(t), make100k(t)
	other, err := New(2, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	same := 0
	for i := range 1000 {
		i *= 99
		if p.Person(i) != q.Person(i) {
			t.Errorf("person %d differs between two populations of one seed", i)
		}
		if p.Person(i).IDNumber == other.Person(i).IDNumber {
			same++
		}
	}
	if same > 0 {
		t.Errorf("%d of 1000 people have the same number under another seed", same)
	}
}

// Population-wide marginals, over everybody: no sampling error but that of the draw itself.
func TestThePopulationHasItsShape(t *testing.T) {
	p := make100k(t)
	book, err := rules.Open()
	if err != nil {
		t.Fatal(err)
	}
	bounds, err := book.Contribute(rules.Wage{Region: DefaultRegion, Month: Opening.Month()})
	if err != nil {
		t.Fatal(err)
	}
	var onFloor, men int
	var sum, squares float64
	years := make(map[int]int)
	status := make(map[Status]int)
	numbers := make(map[string]bool, p.Size())
	for i := range p.Size() {
		who := p.Person(i)
		numbers[who.IDNumber] = true
		if who.Wage <= bounds.Floor {
			onFloor++
		}
		if who.Sex == "M" {
			men++
		}
		log := math.Log(float64(who.Wage))
		sum, squares = sum+log, squares+log*log
		years[who.Birth.Year()]++
		status[who.Status]++
		if err := plausible(who); err != nil {
			t.Fatalf("%v: %+v", err, who)
		}
	}
	n := float64(p.Size())
	if len(numbers) != p.Size() {
		t.Errorf("%d people share %d identity numbers", p.Size(), len(numbers))
	}
	if share := float64(onFloor) / n; share < 0.15 || share > 0.25 {
		t.Errorf("%.3f of wages are on the floor of %d, want 0.15 to 0.25", share, bounds.Floor)
	}
	mean := sum / n
	if sigma := math.Sqrt(squares/n - mean*mean); math.Abs(sigma-wageSigma) > 0.01 {
		t.Errorf("σ of log wage is %.4f, want %.2f ± 0.01", sigma, wageSigma)
	}
	if share := float64(men) / n; math.Abs(share-0.5) > 0.01 {
		t.Errorf("share of men is %.3f, want 0.50 ± 0.01", share)
	}
	bulge, before, after := perYear(years, 1962, 1975), perYear(years, 1952, 1961), perYear(years, 1976, 1985)
	if bulge < 1.3*max(before, after) {
		t.Errorf("%.0f people a year were born in 1962 to 1975, %.0f before, %.0f after: want a bulge of 1.3 at least", bulge, before, after)
	}
	for _, s := range []Status{Active, Suspended, Retired} {
		if status[s] < p.Size()/50 {
			t.Errorf("%d of %d people are %s, want some", status[s], p.Size(), s)
		}
	}
}

func perYear(years map[int]int, from, to int) float64 {
	sum := 0
	for y := from; y <= to; y++ {
		sum += years[y]
	}
	return float64(sum) / float64(to-from+1)
}

// plausible checks what must hold for everybody.
func plausible(who Person) error {
	id := who.IDNumber
	born, err := rules.ParseDate(id[6:10] + "-" + id[10:12] + "-" + id[12:14])
	man := (id[16]-'0')%2 == 1
	work := who.Birth.Month().Add(18 * 12)
	switch {
	case len(id) != 18 || !strings.HasPrefix(id, "99") || CheckDigit(id[:17]) != id[17]:
		return errors.New("the identity number is not valid in area 99")
	case err != nil || born != who.Birth || man != (who.Sex == "M") || man != (who.Class == rules.Men):
		return errors.New("birth, sex or class differ from the identity number")
	case who.Name == "" || who.Wage <= 0 || who.Pension < 0 || who.Medical < 0 || who.Months < 0:
		return errors.New("a name is empty or an amount negative")
	case (who.LastPaid == 0) != (who.Months == 0):
		return errors.New("months paid and the last of them disagree")
	case who.Months > 0 && who.LastPaid.Add(1-who.Months) < max(work, 199201):
		return errors.New("months paid before the age of 18 or before 1992")
	case who.LastPaid >= min(Opening.Month(), who.Retires()):
		return errors.New("a month paid after the opening or retirement")
	case (who.Status == Retired) != (who.Retires() <= Opening.Month()):
		return errors.New("retired too early or too late")
	case who.Status == Active && who.Months == 0:
		return errors.New("active without a month paid")
	}
	return nil
}

// A contribution history is reckoned, not stored, so the packs must reach back to the first month anybody paid.
func TestEveryMonthPaidHasARule(t *testing.T) {
	p := make100k(t)
	book, err := rules.Open()
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < p.Size(); i += 97 {
		who := p.Person(i)
		if who.Months == 0 {
			continue
		}
		for _, m := range []rules.Month{who.LastPaid.Add(1 - who.Months), who.LastPaid} {
			if _, err := book.Contribute(rules.Wage{Region: who.Region, Month: m, Wage: who.Wage}); err != nil {
				t.Errorf("person %d in %s: %v", i, m, err)
			}
		}
	}
}

func TestAnIdentityNumberLeadsBackToThePerson(t *testing.T) {
	p := make100k(t)
	for i := 0; i < p.Size(); i += 997 {
		number := p.Person(i).IDNumber
		if got, found := p.Find(number); !found || got != i {
			t.Errorf("%s of person %d leads to %d, %v", number, i, got, found)
		}
		wrong := number[:10] + "0101" + number[14:]
		if _, found := p.Find(wrong); found && wrong != number {
			t.Errorf("%s, a number nobody has, leads to somebody", wrong)
		}
	}
	for _, bad := range []string{"", "11010519491231002X", "99-00119491231-021", "99+00119491231+021", "99000119491231 021"} {
		if i, found := p.Find(bad); found {
			t.Errorf("%q leads to person %d", bad, i)
		}
	}
}

func FuzzFind(f *testing.F) {
	p := make100k(f)
	f.Add(p.Person(0).IDNumber)
	f.Add("990000190001010000")
	f.Fuzz(func(t *testing.T, number string) {
		if i, found := p.Find(number); found && p.Person(i).IDNumber != number {
			t.Errorf("%q leads to person %d of another number", number, i)
		}
	})
}

func TestAPermutationMeetsEverybodyOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5000).Draw(t, "n")
		p := newPermutation(n, rapid.Uint64().Draw(t, "seed"))
		seen := make([]bool, n)
		for x := range n {
			y := p.at(x)
			if y < 0 || y >= n || seen[y] {
				t.Fatalf("%d of %d goes to %d, which is outside or taken", x, n, y)
			}
			seen[y] = true
			if back := p.of(y); back != x {
				t.Fatalf("%d of %d goes to %d and comes back as %d", x, n, y, back)
			}
		}
	})
}

// Neither a person nor the next one picked tells anything of the sequence number: 1/√n is 0.003 for n = 100,000.
func TestThePickedOrderHasNothingToDoWithTheIndex(t *testing.T) {
	p := make100k(t)
	n := p.Size()
	half := float64(n-1) / 2
	var own, next float64
	for seq := range n {
		x, y, z := float64(seq)-half, float64(p.Pick(uint64(seq)))-half, float64(p.Pick(uint64(seq+1)))-half
		own, next = own+x*y, next+y*z
	}
	variance := float64(n) * half * half / 3
	if math.Abs(own/variance) > 0.02 || math.Abs(next/variance) > 0.02 {
		t.Errorf("correlation with the index is %.3f, with the next pick %.3f; want both within ± 0.02", own/variance, next/variance)
	}
}

func TestPickMeetsEverybodyAndStartsOver(t *testing.T) {
	p, err := New(7, 1000)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[int]bool)
	for seq := range uint64(1000) {
		i := p.Pick(seq)
		seen[i] = true
		if again := p.Pick(seq + 1000); again != i {
			t.Errorf("sequence %d picks %d, and %d a round later", seq, i, again)
		}
	}
	if len(seen) != 1000 {
		t.Errorf("1000 sequence numbers pick %d people, want 1000", len(seen))
	}
}

func TestEmployersShareThePeopleOut(t *testing.T) {
	for _, size := range []int{1, 2, 10, 1000, 100_000, Most} {
		p, err := New(1, size)
		if err != nil {
			t.Fatal(err)
		}
		if first, last := p.Employer(0), p.Employer(p.Employers()-1); first.First != 0 || last.First+last.Size != size {
			t.Errorf("the employers of %d people begin with %+v and end with %+v", size, first, last)
		}
		for e := 0; e < p.Employers(); e += 1 + p.Employers()/20_000 {
			firm := p.Employer(e)
			if firm.Size < 1 {
				t.Fatalf("of %d people, nobody works for %+v", size, firm)
			}
			for _, i := range []int{firm.First, firm.First + firm.Size - 1} {
				if got := p.EmployerOf(i); got != e {
					t.Fatalf("person %d of %d works for %d, want %d", i, size, got, e)
				}
			}
		}
	}
}

// On log axes the share of firms of at least k people falls with slope -α.
func TestEmployerSizesArePareto(t *testing.T) {
	p := make100k(t)
	larger := func(k int) float64 {
		n := 0
		for e := range p.Employers() {
			if p.Employer(e).Size >= k {
				n++
			}
		}
		return float64(n)
	}
	// From 10 to 100: whole people blur smaller firms, the cut at 2,000 bends the larger end.
	if slope := math.Log10(larger(10) / larger(100)); math.Abs(slope-alpha) > 0.1 {
		t.Errorf("slope is %.3f from 10 to 100 people, want %.1f ± 0.1", slope, alpha)
	}
	if last := p.Employer(p.Employers() - 1); last.Size < 1000 || last.Size > 2100 {
		t.Errorf("the largest employer has %d people, want 1000 to 2100", last.Size)
	}
}

// 0.55 µs and 2 allocations a person on a shared, busy 2-core Xeon, Go 1.26.8, 2026-11-22.
func BenchmarkPerson(b *testing.B) {
	p := make100k(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p.Person(i % p.Size())
		i++
	}
}
