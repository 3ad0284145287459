package hist_test

import (
	"fmt"
	"time"

	"github.com/peakday/peakday/engine/hist"
)

func Example() {
	var morning, evening hist.Histogram
	for i := range 99 {
		morning.Record(time.Duration(i+1) * time.Millisecond)
	}
	evening.Record(28 * time.Second)
	morning.Merge(&evening)
	fmt.Println(morning.Count(), morning.Quantile(0.5).Round(time.Millisecond), morning.Max())
	// Output: 100 50ms 28s
}
