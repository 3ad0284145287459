package forecast

import (
	"bytes"
	"encoding/json"
	"math"
	"runtime"
	"testing"
	"time"
)

// The same history makes the same bytes, whatever the processors: no sum may depend
// on who was done first.
func TestTheSameBytesAtAnyParallelism(t *testing.T) {
	h := made(time.Hour, 40*24, func(hour int) float64 {
		if hour%97 == 5 {
			return math.NaN()
		}
		return math.Round(week(hour) * (1 + 0.3*math.Sin(float64(hour*hour))))
	})
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var want []byte
	for _, processors := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(processors)
		fitted, err := Model{}.Fit(h)
		if err != nil {
			t.Fatal(err)
		}
		f, err := fitted.Forecast(48*time.Hour, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%d processors make another forecast than one", processors)
		}
	}
}
