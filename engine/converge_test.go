package engine

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// The slowness of a service that changes from second to second, by a factor of 1.6 or so, tells its p99 to a few per cent
// after minutes: never to 1 %, and to 1000 % at the first look.
func TestAPlateauConvergesWhenItsP99IsKnownAndNotBefore(t *testing.T) {
	for _, test := range []struct {
		name  string
		width float64
		want  time.Duration // 0: never
	}{
		{"noise too wide to stop", 0.01, 0},
		{"enough at the first look", 10, (leastWindows + 20) * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			c := &convergence{width: test.width, from: 20, to: 320, next: leastWindows}
			stops := 0
			for at := range 400 {
				slowness := math.Exp(0.5 * r.NormFloat64())
				var g gathered
				cell := g.cells.at(cellKey{})
				for range 200 {
					cell.Latency.Record(time.Duration(slowness * r.ExpFloat64() * float64(10*time.Millisecond)))
				}
				if c.second(at, &g) {
					stops++
				}
			}
			if c.at != test.want || stops != min(1, int(test.want)) {
				t.Errorf("converged at %v, %d times; want %v", c.at, stops, test.want)
			}
		})
	}
}
