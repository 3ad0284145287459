package forecast

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/peakday/peakday/forecast/history"
)

// Series that may not be shipped, found in PEAKDAY_DATA. The bound must hold
// about as often as it says, not much less and not always, and repeating last
// week must not be better by far.
func TestPublicSeries(t *testing.T) {
	dir := os.Getenv("PEAKDAY_DATA")
	if dir == "" {
		t.Skip("PEAKDAY_DATA does not say where public series are")
	}
	for _, c := range []struct{ file, value string }{
		{"web/nasa_http_1995_minute_until_08-14.csv", "requests"},
		{"web/nab/nyc_taxi.csv", ""},
		{"web/nab/Twitter_volume_AAPL.csv", ""},
		{"web/nab/Twitter_volume_GOOG.csv", ""},
		{"seasonal/electricity_hourly_until_2014-09.csv", ""},
		{"seasonal/bikeshare_dc_hourly_until_2018.csv", "count"},
		{"seasonal/metro_interstate_traffic_volume_hourly.csv", "traffic_volume"},
	} {
		file, err := os.Open(filepath.Join(dir, c.file))
		if err != nil {
			t.Error(err)
			continue
		}
		h, err := history.ReadCSV(file, c.file, history.Options{Value: c.value})
		file.Close()
		if err != nil {
			t.Error(err)
			continue
		}
		f, err := New(HourOfWeek{}, h)
		if err != nil {
			t.Error(err)
			continue
		}
		own, week := f.Backtest[0], f.Backtest[2]
		if share := float64(own.Covered) / float64(own.Bounded); share < 0.8 || share > 0.985 && own.Bounded > 100 {
			t.Errorf("%s: the 0.9 bound held on %d of %d days", c.file, own.Covered, own.Bounded)
		}
		if own.WAPE > 1.1*week.WAPE {
			t.Errorf("%s: %+v is worse than %+v", c.file, own, week)
		}
		t.Logf("%-55s WAPE %.3f (week before %.3f), peak off by %.3f (%.3f), bound held %d/%d",
			c.file, own.WAPE, week.WAPE, own.PeakAPEMean, week.PeakAPEMean, own.Covered, own.Bounded)
	}
}
