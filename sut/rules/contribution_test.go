package rules

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// O1: 川人社办发〔2025〕39号 (Sichuan, average 7,646) and 粤人社发〔2024〕33号 (Guangdong, average 9,167); 浙江条例 9.
func TestTheBaseIsHeldBetweenFloorAndCap(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name       string
		w          Wage
		floor, cap int64 // 0: the oracle does not give it
		base       int64
	}{
		{"Sichuan below the floor", Wage{Region: "510000", Month: 202507, Wage: 3000_00}, 4588_00, 22938_00, 4588_00},
		{"Sichuan between", Wage{Region: "510000", Month: 202507, Wage: 8000_00}, 4588_00, 22938_00, 8000_00},
		{"Sichuan above the cap", Wage{Region: "510100", Month: 202507, Wage: 50000_00}, 4588_00, 22938_00, 22938_00},
		{"Guangdong above the cap", Wage{Region: "440000", Month: 202407, Wage: 50000_00}, 0, 27501_00, 27501_00},
	} {
		got, err := b.Contribute(c.w)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got.Base != c.base || got.Cap != c.cap || c.floor != 0 && got.Floor != c.floor {
			t.Errorf("%s: %+v has base %d in %d..%d, want %d in %d..%d", c.name, c.w, got.Base, got.Floor, got.Cap, c.base, c.floor, c.cap)
		}
	}
}

// O2: shares after 社会保险法 12, 23, 35, 44, 53; the amounts of the first row to the fen, the totals of the others.
func TestContributionsToTheFen(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name  string
		wage  int64
		parts []Part
		total int64
	}{
		{"a wage of 8,000", 8000_00, []Part{
			{"pension", 1280_00, 640_00}, {"medical", 640_00, 160_00}, {"unemployment", 40_00, 40_00}, {"injury", 32_00, 0}, {"maternity", 64_00, 0},
		}, 2896_00},
		{"a wage of 3,000 pays from the floor", 3000_00, nil, 1660_85},
		{"a wage of 50,000 pays from the cap", 50000_00, nil, 8303_55},
	} {
		got, err := b.Contribute(Wage{Region: "510000", Month: 202507, Wage: c.wage})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got.Total() != c.total {
			t.Errorf("%s: total %d, want %d\n%q", c.name, got.Total(), c.total, got.Trace)
		}
		for i, want := range c.parts {
			if got.Parts[i] != want {
				t.Errorf("%s: part %+v, want %+v", c.name, got.Parts[i], want)
			}
		}
		if got.Verified {
			t.Errorf("%s: said to be verified, but the rates are from general knowledge", c.name)
		}
	}
}

func TestContributionsNeverFallAsTheWageRises(t *testing.T) {
	b := open(t)
	wages := rapid.Int64Range(0, 60_000_00)
	rapid.Check(t, func(t *rapid.T) {
		low, high := wages.Draw(t, "one"), wages.Draw(t, "other")
		if low > high {
			low, high = high, low
		}
		x, err := b.Contribute(Wage{Region: "420500", Month: 202301, Wage: low})
		if err != nil {
			t.Fatal(err)
		}
		y, err := b.Contribute(Wage{Region: "420500", Month: 202301, Wage: high})
		if err != nil {
			t.Fatal(err)
		}
		for i := range x.Parts {
			if x.Parts[i].Employer > y.Parts[i].Employer || x.Parts[i].Person > y.Parts[i].Person {
				t.Errorf("wage %d pays %+v, wage %d pays %+v", low, x.Parts[i], high, y.Parts[i])
			}
		}
		if x.Base < x.Floor || y.Base > y.Cap {
			t.Errorf("base %d or %d outside %d..%d", x.Base, y.Base, x.Floor, x.Cap)
		}
	})
}

func TestImpossibleWagesAreNamed(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		field string
		w     Wage
	}{
		{"month", Wage{Region: "420500", Month: 0, Wage: 1}},
		{"wage_fen", Wage{Region: "420500", Month: 202301, Wage: -1}},
		{"wage_fen", Wage{Region: "420500", Month: 202301, Wage: maxMoney + 1}},
	} {
		var fault *FactError
		if _, err := b.Contribute(c.w); !errors.As(err, &fault) || fault.Field != c.field {
			t.Errorf("%+v: error is %v, want a FactError on %s", c.w, err, c.field)
		}
	}
	if _, err := b.Contribute(Wage{Region: "420500", Month: 199112, Wage: 1}); !errors.Is(err, ErrNoRule) {
		t.Errorf("a month before the first pack: error is %v, want ErrNoRule", err)
	}
}
