package admission

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

func TestMaintenance(t *testing.T) {
	start := time.Date(2026, 7, 1, 22, 0, 0, 0, time.UTC)
	c := Calendar{Maintenance: []Maintenance{{Announced: start.Add(-Notice), Start: start, End: start.Add(4 * time.Hour)}}}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct {
		name  string
		at    time.Duration // from the start
		begun bool
		want  time.Duration // to the end; 0 is not refused
	}{
		{"long before", -time.Hour, false, 0},
		{"a new request in the last five minutes", -5 * time.Minute, false, 4*time.Hour + 5*time.Minute},
		{"work in progress may finish", -time.Second, true, 0},
		{"until it begins", 0, true, 4 * time.Hour},
		{"near its end", 4*time.Hour - 1, false, 1},
		{"at its end", 4 * time.Hour, false, 0},
	} {
		why, after, refused := c.Refuses(start.Add(tt.at), Subject{InProgress: tt.begun})
		if refused != (tt.want > 0) || after != tt.want && refused || refused && why != InMaintenance {
			t.Errorf("%s: %v for %v, refused %v, want for %v", tt.name, why, after, refused, tt.want)
		}
	}
}

func TestCalendarValidate(t *testing.T) {
	start := time.Date(2026, 7, 8, 22, 0, 0, 0, time.UTC)
	c := Calendar{
		Maintenance: []Maintenance{
			{Announced: start.Add(time.Second - Notice), Start: start, End: start.Add(time.Hour)},
			{Start: start, End: start.Add(time.Hour)},
			{Announced: start.Add(-2 * Notice), Start: start, End: start},
		},
		Access: []Access{{From: -1, To: 60}, {Digits: "12a"}, {Days: []time.Weekday{7}}},
	}
	err := c.Validate()
	if err == nil {
		t.Fatal("a calendar full of faults is taken")
	}
	for _, want := range []string{
		"announced at 2026-07-01T22:00:01Z: want it announced 7 days ahead, by 2026-07-01T22:00:00Z",
		"announced at 0001-", "want the end after the start", "want times from 00:00 to 24:00", `digits "12a"`, "weekday 7",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %q", err, want)
		}
	}
}

func TestAccess(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	c := Calendar{Location: shanghai, Access: []Access{
		{From: 20 * 60, To: 8 * 60}, // the night channel
		{Digits: "13579", Days: []time.Weekday{time.Monday}, From: 8 * 60, To: 20 * 60},
		{Regions: []string{"3101"}, From: 12 * 60, To: 13 * 60},
	}}
	for _, tt := range []struct {
		name    string
		at      string // 2026-07-06 is a Monday
		subject Subject
		want    time.Duration // 0 is let in
	}{
		{"the night is for all", "2026-07-07 03:00", Subject{Digit: '2'}, 0},
		{"odd digits on Monday", "2026-07-06 10:00", Subject{Digit: '1'}, 0},
		{"even digits wait for the night", "2026-07-06 10:00", Subject{Digit: '2'}, 10 * time.Hour},
		{"X is not odd", "2026-07-06 10:00", Subject{Digit: 'X'}, 10 * time.Hour},
		{"nor is nothing", "2026-07-06 10:00", Subject{}, 10 * time.Hour},
		{"odd digits on Tuesday", "2026-07-07 10:00", Subject{Digit: '1'}, 10 * time.Hour},
		{"a region has noon", "2026-07-07 12:30", Subject{Region: "3101"}, 0},
		{"and the morning before it waits for noon", "2026-07-07 10:00", Subject{Region: "3101"}, 2 * time.Hour},
		{"work in progress opens no hours", "2026-07-07 10:00", Subject{Digit: '1', InProgress: true}, 10 * time.Hour},
		{"the night ends at 8", "2026-07-07 08:00", Subject{}, 12 * time.Hour},
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", tt.at, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		why, after, refused := c.Refuses(at.UTC(), tt.subject)
		if refused != (tt.want > 0) || refused && (after != tt.want || why != OutsideWindow) {
			t.Errorf("%s: %v for %v, refused %v, want for %v", tt.name, why, after, refused, tt.want)
		}
	}
}

func TestAccessThatNeverComes(t *testing.T) {
	c := Calendar{Access: []Access{{Digits: "1", From: 0, To: 60}}}
	if why, after, refused := c.Refuses(midnight, Subject{Digit: '2'}); why != OutsideWindow || after != 8*24*time.Hour || !refused {
		t.Errorf("%v for %v, refused %v", why, after, refused)
	}
	c = Calendar{Access: []Access{{Days: []time.Weekday{midnight.Weekday()}, From: 0, To: 60}}}
	if _, after, _ := c.Refuses(midnight.Add(time.Hour), Subject{}); after != 7*24*time.Hour-time.Hour {
		t.Errorf("a weekly hour is %v away, want a week but an hour", after)
	}
}

func TestAccessKeepsToTheClockOnTheWall(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c := Calendar{Location: berlin, Access: []Access{{From: 8 * 60, To: 9 * 60}}}
	// On 29 March 2026 summer time takes an hour of the night away.
	at := time.Date(2026, 3, 28, 20, 0, 0, 0, berlin)
	if _, after, _ := c.Refuses(at, Subject{}); after != 11*time.Hour {
		t.Errorf("from 20:00 to 8:00 are %v that night, want 11 h", after)
	}
}

func TestCalendarAllocatesNothing(t *testing.T) {
	c := Calendar{Location: time.UTC, Access: []Access{{Regions: []string{"3101"}, Digits: "1", From: 60, To: 120}}}
	if n := testing.AllocsPerRun(100, func() { c.Refuses(midnight, Subject{Region: "3101", Digit: '1'}) }); n > 0 {
		t.Errorf("%v allocations a request", n)
	}
}

func ExampleCalendar() {
	hours := Calendar{Access: []Access{{Digits: "02468", From: 9 * 60, To: 17 * 60}}}
	at := time.Date(2026, 7, 6, 8, 30, 0, 0, time.UTC)
	why, after, refused := hours.Refuses(at, Subject{Digit: '4'})
	fmt.Println(refused, why, after)
	// Output:
	// true window 30m0s
}
