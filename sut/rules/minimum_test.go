package rules

import (
	"strings"
	"testing"
)

// O7: decision of the Standing Committee of the National People's Congress of 2024-09-13, article 2; 社会保险法 16 before.
func TestMinimumOfPaidMonths(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		asOf, retire Month
		want         int
	}{
		{202501, 202912, 15 * 12}, {202501, 203001, 15*12 + 6}, {202501, 203101, 16 * 12}, {202501, 203501, 18 * 12},
		{202501, 203601, 18*12 + 6}, {202501, 203901, 20 * 12}, {202501, 205001, 20 * 12}, {202412, 203901, 15 * 12},
	} {
		got, err := b.MinimumMonths("110000", c.asOf, c.retire)
		if err != nil || got.Months != c.want || !got.Verified {
			t.Errorf("as of %s, from %s: %d months, %v; want %d", c.asOf, c.retire, got.Months, err, c.want)
		}
	}
}

func TestAnEstimateSaysWhatIsMissingToTheMinimum(t *testing.T) {
	f := golden()
	f.Months, f.Deemed = 200, 0
	got, err := open(t).Estimate(f)
	if err != nil || got.Minimum != 234 || !strings.Contains(strings.Join(got.Assumptions, "\n"), "without 34 more") {
		t.Errorf("200 months: minimum %d, %v, %q; want 234 and a word about 34", got.Minimum, err, got.Assumptions)
	}
}
