package history

import (
	"math"
	"testing"
)

func TestAbsurd(t *testing.T) {
	for v, want := range map[float64]string{
		0: "", 1e15: "", 1.1e15: "above 1e15", -1e-9: "negative", math.Inf(1): "infinite", math.Inf(-1): "infinite",
	} {
		if got := absurd(v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
	if got := absurd(math.NaN()); got != "" {
		t.Errorf("what is missing is %q, want nothing", got)
	}
}
