package backtest

import (
	"math"
	"testing"
)

// R: x <- c(0.9, 0.95, 1, 0.85); t.test(x)$conf.int gives 0.822286987 1.027713013;
// binom.test(k, n)$conf.int gives the others.
func TestEstimatesAgreeWithR(t *testing.T) {
	e := Between([]float64{0.9, nan, 0.95, 1, 0.85})
	if math.Abs(float64(e.Mean-e.Wide)-0.822286987) > 1e-9 || math.Abs(float64(e.Mean+e.Wide)-1.027713013) > 1e-9 {
		t.Errorf("got %v ± %v", e.Mean, e.Wide)
	}
	if e := Between([]float64{3}); e.Mean != 3 || e.Wide.Known() {
		t.Errorf("of one value: %v, want 3 and nobody knows how sure", e)
	}
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{
		{0, 10, 0, 0.3084971}, {10, 10, 0.6915029, 1}, {19, 20, 0.7512672, 0.9987349}, {35, 40, 0.7319671, 0.9581404},
	} {
		low, high := Share(c.k, c.n)
		if math.Abs(low-c.low) > 1e-6 || math.Abs(high-c.high) > 1e-6 {
			t.Errorf("%d of %d: [%v, %v], want [%v, %v]", c.k, c.n, low, high, c.low, c.high)
		}
	}
}
