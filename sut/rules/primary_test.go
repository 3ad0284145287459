package rules

import (
	"errors"
	"strings"
	"testing"
)

// american2013 is someone who became eligible in 2013 with an indexed wage of $8,843 a month, reckoned in January 2017.
func american2013() PensionFacts {
	return PensionFacts{Birth: 195105, Class: "all", Months: 420, Index: million, AsOf: 201701, Region: "US", Base: 8843_00}
}

// O21: 42 U.S.C. 415(a) and (i); the examples of ssa.gov/oact/progdata/retirebenefit2.html and piaformula.html.
func TestPrimaryInsuranceAmount(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name         string
		birth, asOf  Month
		wage         int64 // cents
		basic, total int64 // cents; total 0: the oracle does not give it
	}{
		{"eligible in 2017, no raise yet", 195501, 201701, 4010_00, 1796_50, 0},
		{"eligible in 2013, raised by 1.5, 1.7, 0.0 and 0.3 %", 195105, 201701, 8843_00, 2687_30, 2687_00},
		{"eligible in 2013, before any raise", 195105, 201301, 8843_00, 2595_70, 2595_00},
		{"eligible in 2025", 196306, 202506, 5000_00, 2311_00, 2311_00},
	} {
		f := american2013()
		f.Birth, f.AsOf, f.Base = c.birth, c.asOf, c.wage
		got, err := b.Estimate(f)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got.Basic != c.basic || c.total != 0 && got.Total != c.total {
			t.Errorf("%s: amount %d, paid %d; want %d, %d\n%s", c.name, got.Basic, got.Total, c.basic, c.total, strings.Join(got.Trace, "\n"))
		}
	}
}

// O21: the same places give the points year by year; those of 2024 with their reckoning, 180 x 63,795.13 / 9,779.44 = 1,174.21.
func TestBendPoints(t *testing.T) {
	b := open(t)
	for year, want := range map[int][2]int64{
		2013: {791, 4768}, 2017: {885, 5336}, 2019: {926, 5583}, 2020: {960, 5785}, 2021: {996, 6002}, 2024: {1174, 7078}, 2025: {1226, 7391},
	} {
		e, err := b.Estimator("US", Month(year*100+1))
		if err != nil {
			t.Fatal(err)
		}
		y, err := e.year(year)
		if err != nil || y.first != want[0]*dollar || y.second != want[1]*dollar {
			t.Errorf("%d: %+v, %v; want %d dollars", year, y, err, want)
		}
	}
}

func TestFullRetirementAgeRisesFrom66To67(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		birth Month
		age   int // months
	}{{195105, 66 * 12}, {195412, 66 * 12}, {195501, 66*12 + 2}, {195712, 66*12 + 6}, {195906, 66*12 + 10}, {196001, 67 * 12}, {199001, 67 * 12}} {
		got, err := b.Retire(PensionFacts{Birth: c.birth, Class: "all", AsOf: 202001, Region: "US"})
		if err != nil || got.Age != c.age {
			t.Errorf("born %s: %d months, %v; want %d", c.birth, got.Age, err, c.age)
		}
	}
}

func TestWhatNoAmericanPackHoldsIsNotMadeUp(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name   string
		change func(*PensionFacts)
	}{
		{"eligible before the first pack", func(f *PensionFacts) { f.Birth = 194501 }},
		{"a raise that is in no pack", func(f *PensionFacts) { f.AsOf = 203001 }},
		{"no indexed wage", func(f *PensionFacts) { f.Base = 0 }},
		{"a month before the first pack", func(f *PensionFacts) { f.AsOf = 201212 }},
	} {
		f := american2013()
		c.change(&f)
		if got, err := b.Estimate(f); !errors.Is(err, ErrNoRule) {
			t.Errorf("%s: %+v, %v; want ErrNoRule", c.name, got, err)
		}
	}
	f := american2013()
	f.Class = Men
	var fault *FactError
	if _, err := b.Estimate(f); !errors.As(err, &fault) || fault.Want != `one of ["all"]` {
		t.Errorf("a Chinese class: error is %v, want one that names the class", err)
	}
	f = american2013()
	f.Birth, f.AsOf = 199001, 202506
	got, err := b.Estimate(f)
	if err != nil || !strings.Contains(strings.Join(got.Assumptions, "\n"), "the formula of 2025 stands in for 2052") {
		t.Errorf("eligible in 2052: %v, %q; want the formula of 2025 and a word about it", err, got.Assumptions)
	}
}
