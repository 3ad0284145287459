package steady

import (
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios/profile"
)

func TestWindowsLieWhollyInsideAPlateau(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name     string
		plateau  profile.Plateau
		length   time.Duration
		from, to int
	}{
		{"whole seconds", profile.Plateau{From: 5 * s, To: 29 * s}, s, 5, 29},
		{"a part at each end is left out", profile.Plateau{From: 10500 * time.Millisecond, To: 15500 * time.Millisecond}, s, 11, 15},
		{"slices of 100 ms", profile.Plateau{From: 10500 * time.Millisecond, To: 15500 * time.Millisecond}, 100 * time.Millisecond, 105, 155},
		{"shorter than a window", profile.Plateau{From: 1200 * time.Millisecond, To: 1800 * time.Millisecond}, s, 2, 2},
	}
	for _, test := range tests {
		if from, to := Windows(test.plateau, test.length); from != test.from || to != test.to {
			t.Errorf("%s: got %d to %d, want %d to %d", test.name, from, to, test.from, test.to)
		}
	}
}
