package agency_test

import (
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/population"
)

// TestALoginTellsNothingByItsWork counts what a login costs whoever it is of: the secrets asked for, and what is allocated
// on the way, which is a person more for each person made.
func TestALoginTellsNothingByItsWork(t *testing.T) {
	a := newAgency(t)
	secrets := 0
	a.PIN = func(string) string { secrets++; return "123456" }
	unknown := find(t, a, func(p population.Person) bool { return p.Index == 7 }).IDNumber
	beyond, err := population.New(1, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var want float64
	for i, c := range []struct{ name, number, pin string }{
		{"a wrong PIN", unknown, "000000"},
		{"a number that nobody has", beyond.Person(700).IDNumber, "123456"},
		{"one day beside a number", unknown[:6] + "19000101" + unknown[14:], "123456"},
		{"another's PIN for a number that nobody has", beyond.Person(701).IDNumber, "000000"},
	} {
		login := agency.Login{IDNo: c.number, PIN: c.pin}
		_, err := a.Authenticate(t.Context(), login)
		if err == nil || err.Error() != "bad-credentials: identity number and PIN do not belong together" {
			t.Errorf("%s: %v", c.name, err)
		}
		secrets = 0
		work := testing.AllocsPerRun(100, func() { a.Authenticate(t.Context(), login) })
		if i == 0 {
			want = work
		}
		if work != want || secrets != 101 { // AllocsPerRun runs once more
			t.Errorf("%s: %v allocations and %d secrets, want %v and 101", c.name, work, secrets, want)
		}
	}
	if i, err := a.Authenticate(t.Context(), agency.Login{IDNo: unknown, PIN: "123456"}); i != 7 || err != nil {
		t.Errorf("the right PIN: %d, %v", i, err)
	}
}
