package theta

import (
	"fmt"
	"math"
	"testing"

	"github.com/peakday/peakday/forecast/oracletest"
)

// The competition's definition in R, testdata/naive2.R.
func TestNaive2AgreesWithR(t *testing.T) {
	for _, row := range oracletest.Rows(t, "naive2") {
		y := oracletest.Column(t, row.Text("series"), "y")[:int(row.Number("points"))]
		got := Naive2(y, int(row.Number("period")), 20)
		if off := oracletest.Farthest(got, row.Numbers("mean", 20)); off > 1e-12 {
			t.Errorf("%s of %s points is off R's by %.2g", row.Text("series"), row.Text("points"), off)
		}
	}
}

func TestNaive2OfLittle(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name string
		y    []float64
		want string
	}{
		{"nothing gives nothing", nil, "[NaN NaN]"},
		{"a hole at the end is passed over", []float64{1, 2, 4, nan}, "[4 4]"},
		{"a constant goes on", []float64{5, 5, 5, 5, 5, 5, 5, 5}, "[5 5]"},
		{"a season with zeros adds", []float64{0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10}, "[0 10]"},
	} {
		if got := fmt.Sprint(Naive2(c.y, 2, 2)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
