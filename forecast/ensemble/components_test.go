package ensemble

import (
	"math"
	"testing"
)

// A level that rises by one a step ends, after 480 steps, near 580.
func TestTheLevelIsTheOneThatTheSeriesEndedAt(t *testing.T) {
	y := make([]float64, 480)
	for i := range y {
		y[i] = 100 + float64(i) + 30*math.Sin(2*math.Pi*float64(i)/24)
	}
	parts, err := forecastBy(t, y, []int{24}, 24, Fast()).Components(y, []int{24})
	if err != nil || parts[0].Name != "level" || math.Abs(parts[0].Values[0]-580) > 15 {
		t.Errorf("%v, %v, want a level near 580", parts, err)
	}
}
