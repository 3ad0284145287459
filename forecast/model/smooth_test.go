package model

import (
	"math"
	"testing"
)

// By hand, half of each error to the level and half of what is left of it carried on:
// 12 after a level of 10 makes it 11 with 2 left; a hole leaves 1 of that; 13 is then
// 1.5 more than the 12 expected and makes the level 11.75, with 13 - 11 = 2 left, of
// which the next steps have 1 and 0.5.
func TestSmoothByHand(t *testing.T) {
	s := smoothing{level: 10, day: []float64{0}, week: []float64{0}}
	g := Gains{Level: 0.5, Day: 0.3, Week: 0.3, Error: 0.5} // without seasons theirs mean nothing
	s.run(g, &Problem{Values: []float64{12, 99, 13}, Filled: []bool{false, true, false}}, 3)
	path := make([]float64, 2)
	s.ahead(g.Error, 1, path)
	if math.Abs(s.level-11.75) > 1e-12 || math.Abs(path[0]-12.75) > 1e-12 || math.Abs(path[1]-12.25) > 1e-12 {
		t.Errorf("level %v, forecast %v, want 11.75 and [12.75 12.25]", s.level, path)
	}
}
