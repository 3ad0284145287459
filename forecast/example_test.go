package forecast_test

import (
	"fmt"
	"log"
	"math"
	"strings"
	"time"

	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/history"
)

// Five weeks of an office: busy at 10:00, busier on Mondays, and no chance in it.
func office() string {
	var table strings.Builder
	fmt.Fprintln(&table, "time,requests")
	start := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for h := range 5 * 7 * 24 {
		at := start.Add(time.Duration(h) * time.Hour)
		level := 1.0
		if at.Weekday() == time.Monday {
			level = 1.5
		}
		hour := float64(at.Hour() - 10)
		fmt.Fprintf(&table, "%s,%.0f\n", at.Format(time.RFC3339), 3600*level*(1+9*math.Exp(-hour*hour/18)))
	}
	return table.String()
}

func Example() {
	h, err := history.ReadCSV(strings.NewReader(office()), "office.csv", history.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fitted, err := forecast.Model{}.Fit(h)
	if err != nil {
		log.Fatal(err)
	}
	f, err := fitted.Forecast(24*time.Hour, []float64{0.5, 0.95})
	if err != nil {
		log.Fatal(err)
	}
	for _, k := range f.Peaks {
		fmt.Printf("%2.0f %%  %.0f/s\n", 100*k.P, k.PerSecond)
	}
	fmt.Println("most likely from", f.PeakHours[0].Start.Format("Mon 15:04"))
	for _, c := range f.Components {
		fmt.Println(c.Name)
	}
	day, err := f.Day(0.95)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("as a shape: %.1f × the median of %.1f/s, %v from the start\n", day.PeakRate/day.MedianRate, day.MedianRate, day.PeakAt)
	fmt.Printf("rehearsed on the last days, off by %.0f %%\n", 100*f.Rehearsal.WAPE)
	// Output:
	// 50 %  15/s
	// 95 %  15/s
	// most likely from Mon 10:00
	// level
	// hour of the day
	// day of the week
	// change
	// as a shape: 4.5 × the median of 3.3/s, 10h0m0s from the start
	// rehearsed on the last days, off by 0 %
}
