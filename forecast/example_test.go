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
		level := (1 + 0.3*math.Sin(day/4)) * (1 + 0.1*math.Sin(day*day))
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
	f, err := forecast.New(forecast.Models()[0], h)
	if err != nil {
		log.Fatal(err)
	}
	for _, k := range f.Peaks {
		fmt.Printf("%2.0f %%  %4.1f/s at %s\n", 100*k.P, k.PerSecond, k.At.Format("Mon 15:04"))
		if !k.Supported {
			fmt.Println("     ", k.Note)
		}
	}
	day, err := f.Day(0.9)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("peak %.1f × the median of %.1f/s, %v into the day\n", day.PeakRate/day.MedianRate, day.MedianRate, day.PeakAt)
	for _, s := range f.Backtest {
		fmt.Printf("%-20s %d days, WAPE %4.1f %%, peak off by %4.1f %%\n", s.Method, s.Origins, 100*s.WAPE, 100*s.PeakAPEMean)
	}
	// Output:
	// 50 %  18.8/s at Mon 10:00
	// 90 %  24.3/s at Mon 10:00
	// 95 %  25.6/s at Mon 10:00
	// 99 %  25.6/s at Mon 10:00
	//       largest past error: 21 origins support no more than the 95.5 % quantile
	// peak 5.7 × the median of 4.2/s, 10h0m0s into the day
	// hour-of-week         12 days, WAPE 12.2 %, peak off by 14.3 %
	// seasonal naive 24h   12 days, WAPE 15.4 %, peak off by 14.9 %
	// seasonal naive 168h  12 days, WAPE 26.9 %, peak off by 26.6 %
}
