package series_test

import (
	"fmt"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

// Four days of quarters of an hour; the second morning the service was down.
func Example() {
	s := series.Series{Start: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Step: 15 * time.Minute}
	for i := range 6 * 96 {
		s.Values = append(s.Values, float64(10+i%96)) // busier through the day
	}
	down := time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC)
	fmt.Println(s.Mark(down, down.Add(90*time.Minute), series.Outage), "bins marked")

	hours, estimated, err := s.Resample(time.Hour, 0.5)
	if err != nil {
		panic(err)
	}
	for i := 31; i < 35; i++ {
		fmt.Println(hours.At(i).Format("15:04"), hours.Values[i], hours.State(i))
	}
	fmt.Println(estimated, "estimated; season of", series.FindSeasons(hours)[0].Length, "bins")
	// Output:
	// 6 bins marked
	// 07:00 158 value
	// 08:00 NaN outage
	// 09:00 194 value
	// 10:00 206 value
	// 1 estimated; season of 24 bins
}
