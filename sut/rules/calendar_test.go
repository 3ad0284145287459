package rules

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDatesAndMonthsReadAsText(t *testing.T) {
	var v struct {
		Day   Date
		Month Month
	}
	const text = `{"Day":"2023-01-31","Month":"1976-02"}`
	if err := json.Unmarshal([]byte(text), &v); err != nil || v.Day != 20230131 || v.Month != 197602 {
		t.Fatalf("%s reads as %+v, %v", text, v, err)
	}
	if back, err := json.Marshal(v); err != nil || string(back) != text {
		t.Errorf("%+v is written as %s, %v", v, back, err)
	}
	for _, bad := range []string{"", "2023", "2023-13", "2023-1", "2023-01-01"} {
		if m, err := ParseMonth(bad); err == nil {
			t.Errorf("%q is taken as the month %s", bad, m)
		}
	}
	for _, bad := range []string{"", "2023-02-29", "20230101", "2023-01"} {
		if d, err := ParseDate(bad); err == nil {
			t.Errorf("%q is taken as the day %s", bad, d)
		}
	}
}

func TestMonthsAddAndSubtract(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Month(rapid.IntRange(1900, 2100).Draw(t, "year")*100 + rapid.IntRange(1, 12).Draw(t, "month"))
		n := rapid.IntRange(-1200, 1200).Draw(t, "n")
		sum := m.Add(n)
		if sum.Since(m) != n || sum.Add(-n) != m || sum%100 < 1 || sum%100 > 12 {
			t.Errorf("%s + %d = %s", m, n, sum)
		}
	})
}

func TestErrorsRepeatNoNumbersAndNames(t *testing.T) {
	for text, want := range map[string]string{
		"2023-13": `"2023-13"`, "13800138000": "of 11 characters", "990101197001010017": "of 18 characters", "王安和": "of 9 bytes",
	} {
		_, month := ParseMonth(text)
		_, date := ParseDate(text)
		for _, err := range []error{month, date} {
			if err == nil || !strings.Contains(err.Error(), want+": want a ") {
				t.Errorf("%s: %v, want it %s", text, err, want)
			}
		}
	}
}
