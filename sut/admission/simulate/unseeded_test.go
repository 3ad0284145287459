package simulate

import (
	"testing"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// Nobody has measured the service, it holds far fewer than the first limit of
// 24, and every answer takes the same time, so that no scatter hides the knee.
// With a limit of 24 the last of them waits for most of the deadline, and with a
// little more all are late: the law must see that it was the limit's doing.
func TestElasticComesDownToASmallServiceItWasNotToldOf(t *testing.T) {
	for _, workers := range []int{4, 6} {
		for _, multiple := range []float64{3, 30} {
			for seed := uint64(100); seed < 103; seed++ {
				law, err := admission.NewLaw("elastic", admission.LawConfig{Ceiling: 2 * time.Second})
				if err != nil {
					t.Fatal(err)
				}
				capacity := float64(workers) / 0.2
				day := Day{
					Load:     Load{{0, capacity * multiple}, {60, capacity * multiple}},
					Backend:  Backend{Workers: workers, Room: 2176, Service: 0.2},
					Deadline: 2,
				}
				got := day.Run(law, seed).Goodput(12, 60)
				if got < 0.95*capacity {
					t.Errorf("%d workers, %v times, seed %d: goodput %.1f/s from second 12 on, want 0.95 of %v/s", workers, multiple, seed, got, capacity)
				}
			}
		}
	}
}
