package forecast

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/series"
)

// Series that may not be shipped, found in PEAKDAY_DATA: the last eight days are
// forecast two by two, and the 95 % quantile of the peak must hold on about as
// many as it says.
func TestPublicSeries(t *testing.T) {
	dir := os.Getenv("PEAKDAY_DATA")
	if dir == "" {
		t.Skip("PEAKDAY_DATA does not say where public series are")
	}
	windows, held := 0, 0
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
		const ahead = 48 * time.Hour
		all := h.Series
		n := all.Bins(ahead)
		for cut := all.Len() - 4*n; cut < all.Len(); cut += n {
			came, at := series.Max(all.Values[cut : cut+n])
			if at < 0 {
				continue
			}
			h.Series = all.Until(cut)
			fitted, err := Model{}.Fit(h)
			if err != nil {
				t.Fatal(err)
			}
			f, err := fitted.Forecast(ahead, nil)
			if err != nil {
				t.Fatal(err)
			}
			windows++
			if came <= f.Peaks[2].PerBin {
				held++
			}
			t.Logf("%-55s peak %.4g, %.4g at 50 %%, %.4g at 95 %%", c.file, came, f.Peaks[0].PerBin, f.Peaks[2].PerBin)
		}
	}
	// Of 28 at 0.95, 24 or more with a probability of 0.99.
	if windows == 0 || 28*held < 24*windows {
		t.Errorf("the 95 %% quantile of the peak held on %d of %d windows", held, windows)
	}
}
