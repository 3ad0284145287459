package steady_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/steady"
	"github.com/peakday/peakday/scenarios/profile"
)

// A run of two minutes with a plateau from 10 s on, whose first answers are slow: a cold service.
func Example() {
	curve := profile.Concat(profile.Line{To: 300, For: 10 * time.Second}, profile.Hold(300, 110*time.Second))
	r := rand.New(rand.NewPCG(2, 1))
	seconds := make([]*hist.Histogram, 120)
	for i := range seconds {
		seconds[i] = new(hist.Histogram)
		for range 300 {
			slow := max(0, 200-10*(i-10))
			seconds[i].Record(time.Duration(slow)*time.Millisecond + time.Duration(r.ExpFloat64()*float64(20*time.Millisecond)))
		}
	}

	for _, plateau := range profile.Plateaus(curve) {
		from, to := steady.Windows(plateau, time.Second)
		rest, ok := steady.Settled(seconds[from:to])
		if !ok {
			fmt.Println("it has not come to rest; hold the load longer")
			continue
		}
		fmt.Printf("%d of %d seconds are warm-up\n", to-from-len(rest), to-from)
		p99, err := steady.QuantileInterval(rest, 0.99, 0.95)
		if err != nil {
			fmt.Println(err)
			continue
		}
		ms := func(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
		fmt.Printf("p99 %v, with 95 %% confidence from %v to %v\n", ms(p99.At), ms(p99.Low), ms(p99.High)) // in truth 20 ms × ln 100 = 92 ms
	}
	// Output:
	// 20 of 110 seconds are warm-up
	// p99 91ms, with 95 % confidence from 89ms to 93ms
}
