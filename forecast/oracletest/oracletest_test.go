package oracletest

import (
	"math"
	"slices"
	"testing"
)

func TestRowsAndColumns(t *testing.T) {
	rows := Rows(t, "table")
	if len(rows) != 2 || rows[0].Text("name") != "first" || rows[1].Number("mean2") != -0.25 {
		t.Errorf("read %v", rows)
	}
	if got := rows[0].Numbers("mean", 2); !slices.Equal(got, []float64{1, 2e3}) {
		t.Errorf("means are %v, want 1 and 2000", got)
	}
	if got := Column(t, "table", "mean1"); got[0] != 1 || !math.IsNaN(got[1]) {
		t.Errorf("the column is %v, want 1 and NaN", got)
	}
}

func TestOff(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct{ got, want, off float64 }{
		{1.5, 1, 0.5}, {-1, 1, 2}, {0, 0, 0}, {inf, inf, 0}, {1, 0, inf}, {nan, 1, inf}, {1, nan, inf}, {inf, -inf, inf}, {inf, 1, inf},
	} {
		if off := Off(c.got, c.want); off != c.off {
			t.Errorf("%v is off %v by %v, want %v", c.got, c.want, off, c.off)
		}
	}
	if off := Farthest([]float64{1, 3, 4}, []float64{1, 2, 4}); off != 0.5 {
		t.Errorf("the farthest of three is %v, want 0.5", off)
	}
	if off := Farthest([]float64{1}, nil); off != inf {
		t.Errorf("lists of different lengths are off by %v, want +Inf", off)
	}
}
