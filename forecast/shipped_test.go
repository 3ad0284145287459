package forecast

import (
	"compress/gzip"
	"os"
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

// Match days are a hundred times quiet days and the model knows no fixtures. It
// must still be better than repeating yesterday or last week, its bound must
// hold about as often as it says, and the day must have a match's shape.
func TestShippedHistoryForecast(t *testing.T) {
	f, err := New(HourOfWeek{}, worldCup(t))
	if err != nil {
		t.Fatal(err)
	}
	own := f.Backtest[0]
	for _, naive := range f.Backtest[1:] {
		if own.Origins != naive.Origins || own.MASE >= naive.MASE || own.WAPE >= naive.WAPE || own.PeakAPEMean >= naive.PeakAPEMean {
			t.Errorf("%+v is not better than %+v", own, naive)
		}
	}
	// 40 days at 0.9: two binomial standard errors are four days.
	if own.Origins != 40 || own.Bounded != 40 || own.Covered < 32 {
		t.Errorf("the bound held on %d of %d days", own.Covered, own.Bounded)
	}
	if k := f.Peaks[3]; len(f.PeakSample) != 49 || k.Supported || k.PerBin != f.PeakSample[48] {
		t.Errorf("49 origins cannot support the 0.99 quantile: %+v", k)
	}
	// The largest past error, moved to this day, is more than ever came.
	want := Largest{PerBin: 225138, PerSecond: 3752.3, At: time.Date(1998, 6, 29, 16, 27, 0, 0, time.UTC)}
	if got := f.History.Largest; got.PerBin != want.PerBin || got.PerSecond != want.PerSecond || !got.At.Equal(want.At) || got.PerBin >= f.Peaks[3].PerBin {
		t.Errorf("largest minute %+v, want %+v and less than the unsupported peak", got, want)
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

// Fit, 49 rehearsals and the backtest of all three methods.
func BenchmarkForecastShippedHistory(b *testing.B) {
	h := worldCup(b)
	for b.Loop() {
		if _, err := New(HourOfWeek{}, h); err != nil {
			b.Fatal(err)
		}
	}
}
