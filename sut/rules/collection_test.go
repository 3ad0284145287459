package rules

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// O3: Shanghai's rates of 2024-03-01, 20 % and 10 %, on the bases of cases 2 and 8 of a public case library.
func TestFlexibleWorkersPayAlone(t *testing.T) {
	b := open(t)
	for _, c := range []struct{ base, pension, medical, total int64 }{
		{10000_00, 2000_00, 1000_00, 3000_00},
		{7546_00, 1509_20, 754_60, 2263_80},
	} {
		got, err := b.Contribute(Wage{Region: "310000", Month: 202607, Wage: c.base, Flexible: true})
		if err != nil || len(got.Parts) != 2 || got.Parts[0] != (Part{"pension", 0, c.pension}) || got.Parts[1] != (Part{"medical", 0, c.medical}) || got.Total() != c.total || !got.Verified {
			t.Errorf("base %d: %+v, %v; want %d + %d = %d, verified", c.base, got, err, c.pension, c.medical, c.total)
		}
	}
	if _, err := b.Contribute(Wage{Region: "420500", Month: 202607, Flexible: true}); !errors.Is(err, ErrNoRule) {
		t.Errorf("a region without rates for flexible workers: error is %v, want ErrNoRule", err)
	}
}

// O1 for Shanghai from 2026-07-01: floor 7,546 and cap 37,731 as published there.
func TestShanghaisBaseOf2026(t *testing.T) {
	got, err := open(t).Contribute(Wage{Region: "310000", Month: 202607})
	if err != nil || got.Floor != 7546_00 || got.Cap != 37731_00 {
		t.Errorf("%d..%d, %v; want 754600..3773100", got.Floor, got.Cap, err)
	}
}

// O4: 社会保险法 62, and before 2011-07-01 社会保险费征缴暂行条例 10.
func TestAnUndeclaredMonthIsAssessedAtElevenTenthsOfTheLast(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		month      Month
		last, want int64
		citation   string
	}{
		{202301, 12345_67, 13580_24, "O4 社会保险法 62"},
		{201106, 12345_67, 13580_24, "O4 社会保险费征缴暂行条例 10"},
		{202301, 0, 0, "O4 社会保险法 62"},
		{202301, maxSum, maxSum / 10 * 11, "O4 社会保险法 62"},
	} {
		got, err := b.Assess(Undeclared{Region: "420500", Month: c.month, Last: c.last})
		if err != nil || got.Amount != c.want || got.Citations[0] != c.citation {
			t.Errorf("%s after %d: %d by %q, %v; want %d by %s", c.month, c.last, got.Amount, got.Citations, err, c.want, c.citation)
		}
	}
}

// O5: 社会保险法 86, 0.05 % a day, which overrides the 0.2 % of 社会保险费征缴暂行条例 13 from 2011-07-01 on.
func TestLateFees(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name     string
		from, to Date
		days     int
		want     int64
	}{
		{"ten days", 20230101, 20230111, 10, 500_00},
		{"ninety days, a leap day among them", 20240101, 20240331, 90, 4500_00},
		{"paid on the day it was due", 20230101, 20230101, 0, 0},
		{"ten days of the old rate", 20110101, 20110111, 10, 2000_00},
		{"five days of the old rate and five of the new", 20110626, 20110706, 10, 1250_00},
	} {
		got, err := b.LateFee(Arrears{Region: "420500", Principal: 100_000_00, From: c.from, To: c.to})
		if err != nil || got.Days != c.days || got.Fee != c.want {
			t.Errorf("%s: %d for %d days, %v; want %d for %d\n%s", c.name, got.Fee, got.Days, err, c.want, c.days, strings.Join(got.Trace, "\n"))
		}
	}
}

// Simple interest: two stretches cost what one costs, to the fen of each rounding.
func TestALateFeeIsSimpleInterest(t *testing.T) {
	b := open(t)
	rapid.Check(t, func(t *rapid.T) {
		start := Date(20050101).day()
		i := rapid.IntRange(0, 5000).Draw(t, "first day")
		j := rapid.IntRange(i, 5000).Draw(t, "day between")
		k := rapid.IntRange(j, 5000).Draw(t, "last day")
		date := func(n int) Date {
			y, m, d := start.AddDate(0, 0, n).Date()
			return Date(y*10000 + int(m)*100 + d)
		}
		a := Arrears{Region: "CN", Principal: rapid.Int64Range(0, maxSum).Draw(t, "principal")}
		fee := func(i, j int) LateFee {
			a.From, a.To = date(i), date(j)
			f, err := b.LateFee(a)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		whole, first, second := fee(i, k), fee(i, j), fee(j, k)
		if off := whole.Fee - first.Fee - second.Fee; off < -1 || off > 1 || whole.Days != k-i {
			t.Errorf("%d days: %d, in two stretches %d + %d", whole.Days, whole.Fee, first.Fee, second.Fee)
		}
	})
}

// O20: 国办发〔2009〕66号, 12 % of each year's base in proportion to its months, and the whole account.
func TestTransfers(t *testing.T) {
	b := open(t)
	year := PaidYear{8000_00, 12}
	for _, c := range []struct {
		name         string
		years        []PaidYear
		months       int
		pool, amount int64
	}{
		{"a year", []PaidYear{year}, 12, 11520_00, 11520_00 + 1234_56},
		{"three years add up", []PaidYear{year, year, year}, 36, 34560_00, 34560_00 + 1234_56},
		{"half a year is half", []PaidYear{{8000_00, 6}}, 6, 5760_00, 5760_00 + 1234_56},
		{"nothing paid takes the account along", nil, 0, 0, 1234_56},
	} {
		got, err := b.Transfer(Leaving{Region: "420500", Date: 20230101, Years: c.years, Account: 1234_56})
		if err != nil || got.Months != c.months || got.Pool != c.pool || got.Total() != c.amount {
			t.Errorf("%s: %+v, %v; want %d months, %d from the pool, %d in all", c.name, got, err, c.months, c.pool, c.amount)
		}
	}
}

func TestImpossibleCollectionsAreNamed(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		field string
		do    func() error
	}{
		{"month", func() error { _, err := b.Assess(Undeclared{Region: "CN"}); return err }},
		{"last_fen", func() error { _, err := b.Assess(Undeclared{"CN", 202301, -1}); return err }},
		{"from and to", func() error { _, err := b.LateFee(Arrears{"CN", 1, 20230102, 20230101}); return err }},
		{"from and to", func() error { _, err := b.LateFee(Arrears{"CN", 1, 20230102, 21240101}); return err }},
		{"from and to", func() error { _, err := b.LateFee(Arrears{Region: "CN", To: 20230101}); return err }},
		{"principal_fen", func() error { _, err := b.LateFee(Arrears{"CN", maxSum + 1, 20230101, 20230102}); return err }},
		{"date", func() error { _, err := b.Transfer(Leaving{Region: "CN"}); return err }},
		{"account_fen", func() error { _, err := b.Transfer(Leaving{Region: "CN", Date: 20230101, Account: -1}); return err }},
		{"years[0].months", func() error { _, err := b.Transfer(Leaving{"CN", 20230101, []PaidYear{{1, 13}}, 0}); return err }},
		{"years[0].base_fen", func() error { _, err := b.Transfer(Leaving{"CN", 20230101, []PaidYear{{-1, 1}}, 0}); return err }},
		{"years", func() error { _, err := b.Transfer(Leaving{"CN", 20230101, make([]PaidYear, 101), 0}); return err }},
	} {
		var fault *FactError
		if err := c.do(); !errors.As(err, &fault) || fault.Field != c.field {
			t.Errorf("error is %v, want a FactError on %s", err, c.field)
		}
	}
	if _, err := b.LateFee(Arrears{"CN", 1, 19981231, 19990201}); !errors.Is(err, ErrNoRule) {
		t.Errorf("arrears from before the first rate: error is %v, want ErrNoRule", err)
	}
}
