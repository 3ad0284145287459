package rules

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// O14: 社会保险法 45, 46; 沪人社规〔2026〕7号 and 18号, 沪人社规〔2025〕9号, 沪人社规〔2024〕13号.
func TestUnemploymentBenefits(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name       string
		j          Jobless
		term, left int
		amount     int64
	}{
		{"8 years", Jobless{Paid: 96}, 16, 16, 2340_00},
		{"10 years, 14 months drawn", Jobless{Paid: 120, Claimed: 14}, 20, 6, 1872_00},
		{"12 years reach the most", Jobless{Paid: 144}, 24, 24, 2340_00},
		{"30 years do not pass it", Jobless{Paid: 360}, 24, 24, 2340_00},
		{"the twelfth month", Jobless{Paid: 120, Claimed: 11}, 20, 9, 2340_00},
		{"the thirteenth month", Jobless{Paid: 120, Claimed: 12}, 20, 8, 1872_00},
		{"less than a year", Jobless{Paid: 11}, 0, 0, 0},
		{"a year", Jobless{Paid: 12}, 2, 2, 2340_00},
		{"a month short of two years is one full year", Jobless{Paid: 23}, 2, 2, 2340_00},
		{"what was left of an earlier benefit is added", Jobless{Paid: 96, Carried: 5}, 21, 21, 2340_00},
		{"but not beyond 24 months", Jobless{Paid: 96, Carried: 12}, 24, 24, 2340_00},
		{"drawn to the end", Jobless{Paid: 96, Claimed: 16}, 16, 0, 0},
		{"drawn to the end and extended", Jobless{Paid: 96, Claimed: 16, Extended: true}, 16, 0, 1690_00},
		{"before the region's own table the law's term is taken", Jobless{Paid: 96, Date: 20260801}, 18, 18, 2340_00},
		{"the amount of the year before", Jobless{Paid: 96, Date: 20260630, Claimed: 13}, 18, 5, 1844_00},
		{"the amount of two years before", Jobless{Paid: 96, Date: 20250630, Claimed: 18, Extended: true}, 18, 0, 1595_00},
	} {
		c.j.Region = "310000"
		if c.j.Date == 0 {
			c.j.Date = 20260901
		}
		got, err := b.Unemployment(c.j)
		if err != nil || got.Term != c.term || got.Left != c.left || got.Amount != c.amount || !got.Verified {
			t.Errorf("%s: %+v, %v; want %d months, %d left, %d", c.name, got, err, c.term, c.left, c.amount)
		}
	}
	if _, err := b.Unemployment(Jobless{Region: "430000", Date: 20260901, Paid: 12}); !errors.Is(err, ErrNoRule) {
		t.Errorf("a region whose amounts are in no pack: error is %v, want ErrNoRule", err)
	}
}

// The bands of 社会保险法 46, whatever the region's own table.
func TestNoUnemploymentTermPassesTheLaw(t *testing.T) {
	b := open(t)
	rapid.Check(t, func(t *rapid.T) {
		j := Jobless{Region: "310000", Date: rapid.SampledFrom([]Date{20240801, 20260901}).Draw(t, "date"), Paid: rapid.IntRange(0, maxMonths).Draw(t, "paid")}
		u, err := b.Unemployment(j)
		if err != nil {
			t.Fatal(err)
		}
		most := 24
		switch {
		case j.Paid < 12:
			most = 0
		case j.Paid < 60:
			most = 12
		case j.Paid < 120:
			most = 18
		}
		if u.Term > most || u.Left != u.Term || (u.Amount > 0) != (u.Term > 0) {
			t.Errorf("%d months paid on %s: %+v, the law gives %d at most", j.Paid, j.Date, u, most)
		}
	})
}
