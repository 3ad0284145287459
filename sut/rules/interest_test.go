package rules

import (
	"errors"
	"testing"
)

// 100,000 yuan for twelve months are O10's 102,651.69.
func TestAYearsInterest(t *testing.T) {
	book, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name          string
		account, want int64
	}{
		{"a hundred thousand yuan (O10)", 100_000_00, 2_651_69},
		{"an empty account", 0, 0},
		{"a fen earns less than half of one", 1, 0},
		{"nineteen fen earn half of one, which is rounded up", 19, 1},
	} {
		got, err := book.Interest("420500", 2023, c.account)
		if err != nil || got.Amount != c.want || len(got.Packs) != 1 {
			t.Errorf("%s: %+v %v, want %d", c.name, got, err, c.want)
		}
	}
	for _, c := range []struct {
		region  string
		year    int
		account int64
	}{{"420500", 2023, -1}, {"420500", 99, 1}} {
		if got, err := book.Interest(c.region, c.year, c.account); err == nil {
			t.Errorf("%+v gives %+v", c, got)
		}
	}
	if _, err := book.Interest("US", 2023, 1); !errors.Is(err, ErrNoRule) {
		t.Errorf("in the United States: %v, want no rule", err)
	}
}
