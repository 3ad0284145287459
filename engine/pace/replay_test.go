package pace

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestReplayGivesTheInstantsAsTheyAre(t *testing.T) {
	want := []time.Duration{0, 0, 1, time.Second, time.Second, time.Hour}
	s, err := Replay(want)
	if err != nil {
		t.Fatal(err)
	}
	if got := all(s); !slices.Equal(got, want) || s.Total() != 6 {
		t.Errorf("got %v of %d, want %v", got, s.Total(), want)
	}
	if s, err := Replay(nil); err != nil || len(all(s)) != 0 {
		t.Errorf("no instants: %v", err)
	}
}

func TestReplayRefuses(t *testing.T) {
	for want, instants := range map[string][]time.Duration{
		"instant 1 of 2: found -1ns":                             {-1, 5},
		"instant 3 of 3: found 4ns after 5ns; sort the instants": {0, 5, 4},
	} {
		if _, err := Replay(instants); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q", instants, err, want)
		}
	}
}

func TestReadInstantsRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"1\n2,5\n":                  `day.txt:2: instant "2,5": want seconds from the start`,
		"1\n# a\n\n2 3\n":           `day.txt:4: instant "2 3"`,
		"1\n0.5\n":                  "day.txt:2: found 500ms after 1s",
		"-1":                        "day.txt:1: found -1s, want seconds from the start",
		"NaN":                       `day.txt:1: instant "NaN"`,
		"1e300":                     `day.txt:1: instant "1e300"`,
		"1s":                        `day.txt:1: instant "1s"`,
		strings.Repeat("1", 70_000): "day.txt:1: ",
	} {
		if _, err := ReadInstants("day.txt", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: got %v, want %q", text, err, want)
		}
	}
}

func ExampleReadInstants() {
	recording := `# first day of the reform, from the gateway's log
0.25
0.250000001 # two at once, almost
86399.999999999
`
	instants, err := ReadInstants("day.txt", strings.NewReader(recording))
	if err != nil {
		fmt.Println(err)
		return
	}
	s, _ := Replay(instants)
	for due, ok := s.Next(); ok; due, ok = s.Next() {
		fmt.Println(due)
	}
	// Output:
	// 250ms
	// 250.000001ms
	// 23h59m59.999999999s
}

// What was read must be fit for Replay, and must read back the same when written.
func FuzzReadInstants(f *testing.F) {
	f.Add("0\n1.5 # half\n\n2e0\n")
	f.Add("0x1p-3\n_1\n")
	f.Fuzz(func(t *testing.T, text string) {
		instants, err := ReadInstants("x", strings.NewReader(text))
		if err != nil {
			return
		}
		if _, err := Replay(instants); err != nil {
			t.Fatalf("%q was read and is not fit for Replay: %v", text, err)
		}
		var written strings.Builder
		for _, d := range instants {
			fmt.Fprintf(&written, "%d.%09d\n", d/time.Second, d%time.Second)
		}
		again, err := ReadInstants("x", strings.NewReader(written.String()))
		for i := range again {
			if off := again[i] - instants[i]; off < -64 || off > 64 || instants[i] < 100*24*time.Hour && off != 0 {
				t.Fatalf("%v came back as %v", instants[i], again[i])
			}
		}
		if err != nil && len(instants) < 1000 {
			t.Fatalf("%q: %v", written.String(), err)
		}
	})
}
