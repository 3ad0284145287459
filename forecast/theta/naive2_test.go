package theta

import (
	"fmt"
	"math"
	"testing"
)

// The competition's definition in R, testdata/naive2.R.
func TestNaive2AgreesWithR(t *testing.T) {
	for _, row := range rows(t, "naive2.csv") {
		y := series(t, row["series"])[:int(number(t, row["points"]))]
		for h, got := range Naive2(y, int(number(t, row["period"])), 20) {
			if want := number(t, row[fmt.Sprint("mean", h+1)]); relative(got, want) > 1e-12 {
				t.Errorf("%s of %s, step %d: %v, want %v", row["series"], row["points"], h+1, got, want)
			}
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
