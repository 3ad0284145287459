package workflow

import (
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/rules"
	"pgregory.net/rapid"
)

// The days were counted by hand on a printed calendar with the State Council's notices beside it.
func TestDueDaysOverTheHolidays(t *testing.T) {
	c := China()
	for _, test := range []struct {
		name  string
		clock Clock
		from  rules.Date
		want  rules.Date
	}{
		{"20 working days over Spring Festival 2023 count the Saturday and Sunday worked after it", mustClock(t, "pension"), 20230118, 20230220},
		{"10 working days from the last one before Spring Festival 2023", mustClock(t, "unemployment"), 20230120, 20230208},
		{"10 working days from the last one before National Day 2023", mustClock(t, "registration"), 20230928, 20231018},
		{"20 working days over National Day 2023", mustClock(t, "injury_manual"), 20230925, 20231027},
		{"10 working days from New Year's Day 2023, a day off", mustClock(t, "change"), 20230101, 20230116},
		{"15 calendar days that end in Spring Festival 2023 end on the Saturday worked after it", mustClock(t, "injury_clear"), 20230108, 20230128},
		{"60 calendar days that end on National Day 2023 end on the Saturday worked after it", mustClock(t, "injury_determination"), 20230802, 20231007},
		{"15 calendar days from 2024-09-20 end on 2024-10-08, as in a published exercise on the Civil Code", Clock{Days: 15}, 20240920, 20241008},
		{"a limit that ends on a weekday without holiday ends there", mustClock(t, "injury_clear"), 20230601, 20230616},
		{"a limit of no days is due at once", Clock{Working: true}, 20230121, 20230121},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := c.Due(test.clock, test.from); got != test.want {
				t.Errorf("%d days, working %v, from %s are due on %s, want %s", test.clock.Days, test.clock.Working, test.from, got, test.want)
			}
		})
	}
}

func mustClock(t *testing.T, kind string) Clock {
	t.Helper()
	c, err := ClockOf(kind)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The decree on public holidays gives 11 days off a year, 13 from 2025 on, and moving weekends about changes no sum. In
// 2020 the extended Spring Festival took a Friday and a Saturday that was to be worked.
func TestAYearHasAsManyDaysOffAsTheDecreeGives(t *testing.T) {
	c := China()
	for year, holidays := range map[int]int{2020: 11 + 2, 2021: 11, 2022: 11, 2023: 11, 2024: 11, 2025: 13, 2026: 13} {
		days, weekend, worked := 0, 0, 0
		for d := rules.Date(year*10000 + 101); d.Year() == year; d = next(d) {
			days++
			if w := at(d).Weekday(); w == time.Saturday || w == time.Sunday {
				weekend++
			}
			if c.Working(d) {
				worked++
			}
		}
		if want := days - weekend - holidays; worked != want {
			t.Errorf("%d has %d working days, want %d", year, worked, want)
		}
	}
}

// Between the start and the due day lie exactly the working days of the limit, and the due day is the last of them.
func TestAWorkingLimitCountsItsDays(t *testing.T) {
	c := China()
	rapid.Check(t, func(t *rapid.T) {
		from := date(time.Date(2019, 12, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 2700).Draw(t, "day")))
		clock := Clock{Days: rapid.IntRange(1, 60).Draw(t, "days"), Working: true}
		due, n := c.Due(clock, from), 0
		for d := from; d < due; {
			if d = next(d); c.Working(d) {
				n++
			}
		}
		if n != clock.Days || !c.Working(due) {
			t.Fatalf("%d working days from %s end on %s, which has %d between and is worked: %v", clock.Days, from, due, n, c.Working(due))
		}
	})
}

func TestAYearNotAnnouncedKnowsWeekendsOnly(t *testing.T) {
	c := China()
	for _, test := range []struct {
		day             rules.Date
		covered, worked bool
	}{
		{20191231, false, true}, {20200101, true, false}, {20261231, true, true}, {20270101, false, true}, {20270102, false, false},
	} {
		if c.Covers(test.day) != test.covered || c.Working(test.day) != test.worked {
			t.Errorf("%s is covered: %v, worked: %v; want %v, %v", test.day, c.Covers(test.day), c.Working(test.day), test.covered, test.worked)
		}
	}
}

func TestTheDueDayIsInTimeAndTheNextIsNot(t *testing.T) {
	if Burst(20230220, 20230220) || !Burst(20230220, 20230221) {
		t.Error("a case due on 2023-02-20 is late on that day, or is not on the next")
	}
}

func TestEveryClockNamesItsLaw(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Clocks() {
		if c.Law == "" || c.Days < 1 || c.InForce == 0 || c.Whose == "" || seen[c.Kind] {
			t.Errorf("%+v names no law, days or first day, or its kind twice", c)
		}
		seen[c.Kind] = true
	}
	if _, err := ClockOf("lunch"); err == nil || !strings.Contains(err.Error(), "pension") {
		t.Errorf("a clock that does not exist: error is %v, want one that names those that do", err)
	}
}

// 2.6 µs on a shared 2-core Xeon, Go 1.26.8, 2026-11-22.
func BenchmarkDue(b *testing.B) {
	c := China()
	clock, err := ClockOf("pension")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		c.Due(clock, 20230118)
	}
}
