package rules

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func open(t testing.TB) *Book {
	t.Helper()
	b, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryEmbeddedPackIsNamedAfterItsRegionAndDayAndHashed(t *testing.T) {
	packs := open(t).Packs()
	if len(packs) == 0 {
		t.Fatal("the book is empty")
	}
	for _, p := range packs {
		text, err := embedded.ReadFile("packs/" + p.Region + "@" + p.From.String() + ".yaml")
		if err != nil {
			t.Errorf("pack %s: %v", p.ID, err)
			continue
		}
		want := fmt.Sprintf("%s@%s#sha256:%x", p.Region, p.From, sha256.Sum256(text))
		if p.ID != want || p.Text != string(text) {
			t.Errorf("pack id is %s, want %s", p.ID, want)
		}
		if p.Title == "" || len(p.Rules) == 0 {
			t.Errorf("pack %s has title %q and %d sources: want both", p.ID, p.Title, len(p.Rules))
		}
	}
}

func TestTheDayAndTheNearestRegionDecideThePack(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name, region string
		day          Date
		want         []string // region@from of the first two; nil: none
	}{
		{"the last day of the old pack", "420500", 20221231, []string{"CN-420500@2011-07-01", "CN-420000@2011-07-01", "CN@2019-05-01"}},
		{"the first day of the new pack", "420500", 20230101, []string{"CN-420500@2023-01-01", "CN-420000@2011-07-01", "CN@2019-05-01"}},
		{"a city takes its province's pack", "440300", 20240101, []string{"CN-440000@2024-01-01", "CN@2019-05-01"}},
		{"the written-out region is the same", "CN-440300", 20060101, []string{"CN@2006-01-01", "CN@1999-01-22"}},
		{"a pack ends on its last day", "420500", 20110701, []string{"CN-420500@2011-07-01", "CN-420000@2011-07-01", "CN@2011-07-01"}},
		{"nothing before the first pack", "420500", 19780601, nil},
		{"an unknown country has nothing", "XX", 20230101, nil},
	} {
		var got []string
		for p := range b.inForce(c.region, c.day) {
			got = append(got, p.Region+"@"+p.From.String())
		}
		if len(c.want) == 0 && len(got) > 0 || len(c.want) > 0 && !slices.Equal(got[:min(len(got), len(c.want))], c.want) {
			t.Errorf("%s: %s on %s has %v, want %v first", c.name, c.region, c.day, got, c.want)
		}
	}
}

func TestABadPackIsRefusedWithAReason(t *testing.T) {
	const good = `region: CN-420500
from: 2023-01-01
title: t
outpatient:
  rule: O18
  citation: c
  verified: true
  deductible_fen: {active: 1, retired: 1}
  year_cap_fen: {active: 1, retired: 1}
  tier_ppm: [1]
`
	if _, err := ParsePack([]byte(good)); err != nil {
		t.Fatalf("the pack that the bad ones are made from: %v", err)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"an unknown key", "title: t", "titel: t", "titel"},
		{"a region that is no code", "CN-420500", "Yichang", "want a country"},
		{"no first day", "from: 2023-01-01\n", "", "from is missing"},
		{"a day that does not exist", "2023-01-01", "2023-02-30", "2023-02-30"},
		{"an end before the beginning", "title: t", "to: 2022-01-01", "want a day after from"},
		{"a section without citation", "  citation: c\n", "", "want both"},
		{"not verified and silent about it", "verified: true", "verified: false", "has no note"},
		{"a share above one", "tier_ppm: [1]", "tier_ppm: [1000001]", "1000001"},
		{"a negative cap", "year_cap_fen: {active: 1", "year_cap_fen: {active: -1", "negative"},
		{"no tier", "tier_ppm: [1]", "tier_ppm: []", "empty"},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		if text == good {
			t.Fatalf("%s: %q is not in the good pack", c.name, c.old)
		}
		_, err := ParsePack([]byte(text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want one with %q", c.name, err, c.want)
		}
	}
	_, err := Read(fstest.MapFS{"a.yaml": {Data: []byte(good)}, "b.yaml": {Data: []byte(good)}})
	if err == nil || !strings.Contains(err.Error(), "already in a.yaml") {
		t.Errorf("two packs of one region and day: error is %v", err)
	}
}

// A second country is a file and nothing else.
func TestANewRegionIsAFile(t *testing.T) {
	b, err := Read(fstest.MapFS{"x.yaml": {Data: []byte(`
region: XX
from: 2020-01-01
wage_base: {rule: X1, citation: c, verified: true, average_wage_fen: 100000, floor_ppm: 0, cap_ppm: 1000000, round_to_fen: 1}
contributions: {rule: X2, citation: c, verified: true, schemes: [{scheme: all, employer_ppm: 62000, person_ppm: 62000}]}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := b.Contribute(Wage{Region: "XX", Month: 202001, Wage: 50000})
	if err != nil || c.Employer != 3100 || c.Person != 3100 || !c.Verified {
		t.Errorf("contribution is %+v, %v: want 3100 and 3100, verified", c, err)
	}
	if _, err := b.Settle(Visit{Region: "XX", Date: 20200101, Lines: []Line{{Qty: 1}}}); !errors.Is(err, ErrNoRule) {
		t.Errorf("a claim without a rule: error is %v, want ErrNoRule", err)
	}
}

// A pack that is taken can be reckoned with: no rule of it panics, whatever its numbers.
func FuzzParsePack(f *testing.F) {
	packs := open(f).Packs()
	for _, p := range packs {
		f.Add([]byte(p.Text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ParsePack(text)
		if err != nil {
			return
		}
		if p.From == 0 || len(p.Rules) == 0 {
			t.Errorf("a pack without first day or rules was taken: %q", text)
		}
		reckonAll(&Book{packs: append([]*Pack{p}, packs...)}, p) // the others lend what it does not hold
	})
}

// reckonAll asks every rule of a pack with the largest facts, on its first day. Errors are as good as amounts here.
func reckonAll(b *Book, p *Pack) {
	month, year := p.From.Month(), YearToDate{}
	for _, flexible := range []bool{false, true} {
		_, _ = b.Contribute(Wage{p.Region, month, maxMoney, flexible})
	}
	_, _ = b.Assess(Undeclared{p.Region, month, maxSum})
	_, _ = b.LateFee(Arrears{p.Region, maxSum, p.From, p.From + maxAge*10000})
	_, _ = b.MinimumMonths(p.Region, month, 999912)
	if r := p.sections.Retirement; r != nil {
		for class := range r.Classes {
			_, _ = b.Retire(PensionFacts{Birth: month, Class: class, AsOf: month, Region: p.Region})
		}
	}
	for age := range maxAge * 12 {
		_, _ = b.PayoutMonths(p.Region, p.From, age)
	}
	_, _ = b.Unemployment(Jobless{p.Region, p.From, maxMonths, maxMonths, maxMonths, true})
	_, _ = b.Unemployment(Jobless{p.Region, p.From, maxMonths, 0, 0, false})
	for grade := range 10 {
		_, _ = b.InjuryBenefit(Disability{p.Region, p.From, grade + 1, 1, maxBase, maxBase, 0})
	}
	_, _ = b.DeathBenefit(WorkDeath{p.Region, p.From, maxBase, maxBase, maxMoney, make([]Dependant, maxDependants)})
	if r := p.sections.InjuryRates; r != nil {
		_, _ = b.InjuryRate(Risk{p.Region, p.From, len(r.Classes), r.Classes[len(r.Classes)-1].Floats[0]})
	}
	_, _ = b.Maternity(Confinement{p.Region, p.From, maxBase, 10, true, 0})
	for tier := range 4 {
		_, _ = b.Settle(Visit{p.Region, p.From, tier, true, []Line{{"A", 1, maxMoney, true}}, year, maxMoney})
	}
	_, _ = b.MedicalWaiting(MedicalHistory{p.Region, p.From, true, 0, 0})
	_, _ = b.Transfer(Leaving{p.Region, p.From, []PaidYear{{maxBase, 12}}, maxMoney})
	e, err := b.Estimator(p.Region, month)
	if err != nil {
		return
	}
	for class := range e.retirement.rule.Classes {
		for _, age := range []int{0, 16, 45, 62, 70} {
			_, _ = e.Estimate(PensionFacts{month.Add(-12 * age), class, maxMonths, 3 * million, maxMoney, maxMonths, maxMonths, month, p.Region, maxBase})
		}
	}
}
