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

// Five weeks of an office: busy at 10:00, busier on Mondays, in slow waves and a little by chance.
func office() string {
	var table strings.Builder
	fmt.Fprintln(&table, "time,requests")
	start := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for h := range 5 * 7 * 24 {
		at := start.Add(time.Duration(h) * time.Hour)
		day := float64(h / 24)
		level := (1 + 0.1*math.Sin(day/4)) * (1 + 0.05*math.Sin(day*day))
		if at.Weekday() == time.Monday {
			level *= 1.5
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
		fmt.Printf("%2.0f %%  %.1f/s\n", 100*k.P, k.PerSecond)
	}
	fmt.Println("most likely from", f.PeakHours[0].Start.Format("Mon 15:04"))
	for _, c := range f.Components[:3] {
		fmt.Printf("%-16s %3.0f %% of the highest point\n", c.Name, 100*c.AtPeak)
	}
	day, err := f.Day(0.95)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("as a shape: %.1f × the median of %.1f/s, %v from the start\n", day.PeakRate/day.MedianRate, day.MedianRate, day.PeakAt)
	fmt.Printf("rehearsed on %d days, off by %.0f %%\n", f.Rehearsal.Windows, 100*f.Rehearsal.WAPE)
	// Output:
	// 50 %  16.1/s
	// 95 %  17.8/s
	// most likely from Mon 10:00
	// level             29 % of the highest point
	// hour of the day   45 % of the highest point
	// day of the week   27 % of the highest point
	// as a shape: 5.0 × the median of 3.6/s, 10h0m0s from the start
	// rehearsed on 14 days, off by 5 %
}
