package forecast

import (
	"compress/gzip"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/series"
)

func worldCup(t testing.TB) history.History {
	t.Helper()
	file, err := os.Open("../scenarios/library/history/worldcup98.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	h, err := history.ReadCSV(text, "worldcup98.csv", history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// Counts by awk: 90,860 lines of data, 10 minutes without one in 7 places, the
// largest count 225138 at 1998-06-29 16:27.
func TestShippedHistoryIsReadWhole(t *testing.T) {
	h := worldCup(t)
	if h.Rows != 90860 || h.Gaps.Count != 7 || h.GapBins != 10 || h.Duplicates.Count+h.Missing.Count+h.Unsorted.Count+h.OffGrid.Count != 0 {
		t.Errorf("read %d rows, oddities %q", h.Rows, h.Warnings())
	}
	max, at := series.Max(h.Series.Values)
	if when := h.Series.At(at).Format("2006-01-02 15:04"); max != 225138 || when != "1998-06-29 16:27" {
		t.Errorf("largest is %v at %s", max, when)
	}
}

// Match days are a hundred times quiet days and no model knows fixtures. The day
// must still have a match's shape, of the size of those that came.
func TestShippedHistoryForecast(t *testing.T) {
	fitted, err := Model{}.Fit(worldCup(t))
	if err != nil {
		t.Fatal(err)
	}
	f, err := fitted.Forecast(24*time.Hour, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := []Season{{96, 24 * 3600}, {672, 7 * 24 * 3600}}; !slices.Equal(f.Seasons, want) || len(f.Point) != 96 {
		t.Errorf("%d steps with seasons %v, want a day of quarters with %v", len(f.Point), f.Seasons, want)
	}
	want := Largest{PerBin: 225138, PerSecond: 3752.3, At: time.Date(1998, 6, 29, 16, 27, 0, 0, time.UTC)}
	got := f.History.Largest
	if got.PerBin != want.PerBin || got.PerSecond != want.PerSecond || !got.At.Equal(want.At) {
		t.Errorf("largest minute %+v, want %+v", got, want)
	}
	if p95 := f.Peaks[2].PerBin; p95 < want.PerBin/4 || p95 > 4*want.PerBin {
		t.Errorf("95 %% quantile of the peak %v, want what may come of a history up to %v", p95, want.PerBin)
	}
	d, err := f.Day(0.95)
	if err != nil {
		t.Fatal(err)
	}
	if hour := int(d.PeakAt.Hours()); hour < 12 || hour > 21 || d.PeakRate < 4*d.MedianRate {
		t.Errorf("peak of %.0f/s over a median of %.0f/s at hour %d: want the afternoon or evening in France", d.PeakRate, d.MedianRate, hour)
	}
}

func BenchmarkReadShippedHistory(b *testing.B) {
	for b.Loop() {
		worldCup(b)
	}
}

// Steps, seasons, twenty models at fourteen origins, components.
func BenchmarkForecastShippedHistory(b *testing.B) {
	h := worldCup(b)
	for b.Loop() {
		fitted, err := Model{}.Fit(h)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := fitted.Forecast(48*time.Hour, nil); err != nil {
			b.Fatal(err)
		}
	}
}
