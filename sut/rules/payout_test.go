package rules

import (
	"errors"
	"testing"
)

// O8: 国发〔2005〕38号 for whole ages; the Jinan authority's reply for ages between, in a public case library's copy.
func TestPayoutMonths(t *testing.T) {
	b := open(t)
	whole := []int{195, 190, 185, 180, 175, 170, 164, 158, 152, 145, 139, 132, 125, 117, 109, 101, 93, 84, 75, 65, 56}
	for i, want := range whole {
		if got, err := b.PayoutMonths("CN", 20250101, (50+i)*12); err != nil || got != want*10 {
			t.Errorf("age %d: %d tenths, %v; want %d", 50+i, got, err, want*10)
		}
	}
	for _, c := range []struct{ years, months, tenths int }{
		{60, 1, 1384}, {50, 1, 1946}, {58, 1, 1514}, {62, 10, 1183},
	} {
		if got, err := b.PayoutMonths("CN", 20250101, c.years*12+c.months); err != nil || got != c.tenths {
			t.Errorf("age %d years %d months: %d tenths, %v; want %d", c.years, c.months, got, err, c.tenths)
		}
	}
	for _, age := range []int{0, 50*12 - 1, 70*12 + 1} {
		var fault *FactError
		if got, err := b.PayoutMonths("CN", 20250101, age); !errors.As(err, &fault) {
			t.Errorf("age of %d months: %d, %v; want a FactError", age, got, err)
		}
	}
}
