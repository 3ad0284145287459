package model

import (
	"math"
	"testing"
)

// By hand: after 2, 4 the days most like it are 1, 3 and 1, 4. Of the first only the
// level is apart, by 1; of the second the shape by a half at each hour and the level by
// a half. The day before counts 2^-½ of the hour before, so that the squares come to
// 0.15·1.7071·1 = 0.2561 and 0.25·1.7071 + 0.15·1.7071·0.25 = 0.4908, the weights to 1
// over their roots. What followed, moved to the level of now, is 6, 7 and 5.5, 9.5.
func TestAnalogueByHand(t *testing.T) {
	p := &Problem{Values: []float64{1, 3, 5, 6, 1, 4, 5, 9, 2, 4}, Seasons: []int{2}, Origins: []int{10}, Horizon: 2}
	got := forecast(Analogue{Label: "days", Days: 1, Count: 2}, p)[0]
	a, b := 1/math.Sqrt(0.256066), 1/math.Sqrt(0.490793)
	for i, want := range []float64{(a*6 + b*5.5) / (a + b), (a*7 + b*9.5) / (a + b)} {
		if math.Abs(got[i]-want) > 1e-4 {
			t.Errorf("step %d is %v, want %v", i+1, got[i], want)
		}
	}
}
