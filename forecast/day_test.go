package forecast

import (
	"math"
	"reflect"
	"testing"
	"time"
)

func TestDayByHand(t *testing.T) {
	const bin = 6 * 3600
	usual := []float64{10, 20, 40, 20}
	f := Forecast{StepSeconds: bin, History: Facts{BinSeconds: bin}, Point: usual,
		Paths: []Path{{0.5, usual}, {0.9, []float64{30, 60, 240, 120}}},
		Peaks: []Peak{{P: 0.5, PerBin: 50}, {P: 0.9, PerBin: 320}},
	}
	// The 0.9 path over its lower median 60 is 0.5 1 4 2; the peak over the usual
	// median 20 is 16 = 4^2, so what is above 1 is squared.
	d, err := f.Day(0.9)
	if err != nil {
		t.Fatal(err)
	}
	want := Day{P: 0.9, PeakAt: 12 * time.Hour, MedianRate: 20.0 / bin, PeakRate: 320.0 / bin,
		Points: []Point{{0, 0.5}, {6 * time.Hour, 1}, {12 * time.Hour, 16}, {18 * time.Hour, 4}}}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("got %+v, want %+v", d, want)
	}
	if _, err := f.Day(0.8); err == nil || err.Error() != "no forecast at the quantile 0.8: want one of [0.5 0.9]" {
		t.Errorf("day 0.8: %v", err)
	}
	if got := (Day{MedianRate: 20, PeakRate: 320}).Scale(5); got != 4 {
		t.Errorf("a median of 20/s driven at 5/s is 1 : %v, want 1 : 4", got)
	}
	for times, want := range map[float64]float64{0: 1, 1: 1, 15.9: 1, 16: 1, 300: 18.75} {
		if got := (Day{MedianRate: 20, PeakRate: 320}).Lift(times); got != want {
			t.Errorf("an event of %v × a median of 20/s is %v times a peak of 320/s, want %v", times, got, want)
		}
	}
	of := func(peak float64, values ...float64) Forecast {
		return Forecast{StepSeconds: 1, History: Facts{BinSeconds: 1}, Point: values, Paths: []Path{{0.5, values}}, Peaks: []Peak{{P: 0.5, PerBin: peak}}}
	}
	if d, _ := of(6, 2, 2, 2, 2).Day(0.5); d.PeakRate != 6 || d.PeakAt != 0 || math.Abs(d.Points[1].Times-1) > 1e-12 {
		t.Errorf("a flat day got %+v, want one point raised to the peak", d)
	}
	if d, _ := of(5, usual...).Day(0.5); d.PeakRate != 20 || d.MedianRate != 20 || d.Points[2].Times != 1 || d.Points[0].Times != 0.5 {
		t.Errorf("a peak below the median got %+v, want a level day", d)
	}
	if _, err := of(9, 0, 0, 0, 9).Day(0.5); err == nil {
		t.Error("a day idle for the most part has no median to be a multiple of")
	}
}
