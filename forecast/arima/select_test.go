package arima

import (
	"testing"

	"github.com/peakday/peakday/forecast/oracletest"
)

func TestDifferencesAgreeWithR(t *testing.T) {
	for _, row := range oracletest.Rows(t, "differences") {
		if got := Differences(oracletest.Column(t, row.Text("series"), "y")); float64(got) != row.Number("d") {
			t.Errorf("%s: %d differences, R's ndiffs %s", row.Text("series"), got, row.Text("d"))
		}
	}
}

// auto.arima walks a little otherwise; the model found must be no worse than its,
// on the same points, which the same d gives.
func TestSelectIsNoWorseThanR(t *testing.T) {
	for _, row := range oracletest.Rows(t, "auto") {
		m, err := Select(oracletest.Column(t, row.Text("series"), "y"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if float64(m.Order.D) != row.Number("d") || m.AICc > row.Number("aicc")+0.1 {
			t.Errorf("%s: %v with AICc %.3f, R takes (%s,%s,%s) with %s", row.Text("series"), m.Order, m.AICc, row.Text("p"), row.Text("d"), row.Text("q"), row.Text("aicc"))
		}
	}
}

func BenchmarkSelect(b *testing.B) {
	y := hours()
	for b.Loop() {
		if _, err := Select(y, []Season{{24, 8}, {168, 6}}); err != nil {
			b.Fatal(err)
		}
	}
}
