package forecast

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

// A Day is a forecast as a shape: multiples of its own median. A forecast of
// 24 hours is a day, a longer one the days that it has.
//
// Its points are the forecast's steps, each as high as its highest bin, so that
// the peak is among them. The median is of these points. It is not the mean
// rate, nor the median over all bins, and higher than both on a calm day.
type Day struct {
	P          float64       // probability that the peak stays under the shape's
	Points     []Point       // from offset 0 on, evenly spaced
	PeakAt     time.Duration // offset of the highest point
	MedianRate float64       // median of Forecast.Point, what Times = 1 stands for: real requests per second
	PeakRate   float64       // highest point, real requests per second
}

// A Point is a step that begins At after the start and whose highest bin is
// Times the median.
type Point struct {
	At    time.Duration
	Times float64
}

// Scale is how many real requests one request of a drill stands for, if the
// drill drives the day's median at base requests per second:
//
//	scale = MedianRate / base
func (d Day) Scale(base float64) float64 { return d.MedianRate / base }

// Lift is how many times the day's own peak an event is that reaches times the
// day's median:
//
//	lift = max(1, times × MedianRate / PeakRate)
//
// It is 1 for an event that stays below the day: the day's peak is then the
// highest.
func (d Day) Lift(times float64) float64 { return max(1, times*d.MedianRate/d.PeakRate) }

// Day is the shape whose peak is the p quantile of the peak, one of the
// forecast's quantiles.
//
// A day as high as the p path everywhere would not be a likely day: the path
// is a bound on each step. So the day keeps the point forecast's median, and what
// is above it is stretched in logs until the highest point is the peak:
//
//	times = r^k where r > 1,   k = ln(peak / median) / ln(max r)
//
// where r is the p path over its own median. A tenfold match day so gets a
// sharp peak over a normal day and not ten normal days. The median is the lower
// of the two middle points, so that one point is exactly 1.
func (f Forecast) Day(p float64) (Day, error) {
	at := slices.IndexFunc(f.Peaks, func(k Peak) bool { return k.P == p })
	if at < 0 || at >= len(f.Paths) {
		var have []float64
		for _, k := range f.Peaks {
			have = append(have, k.P)
		}
		return Day{}, fmt.Errorf("no forecast at the quantile %v: want one of %v", p, have)
	}
	times := slices.Clone(f.Paths[at].Values)
	middle, ownMiddle := lowerMedian(f.Point), lowerMedian(times)
	if !(middle > 0) || !(ownMiddle > 0) {
		return Day{}, fmt.Errorf("the median of the forecast is %v a bin: no multiple of it is a peak; use a history of coarser bins", middle)
	}
	for i := range times {
		times[i] /= ownMiddle
	}
	stretch(times, f.Peaks[at].PerBin/middle)
	top, highest := series.Max(times)
	day := Day{P: p, MedianRate: middle / f.History.BinSeconds, PeakRate: top * middle / f.History.BinSeconds}
	for i, t := range times {
		day.Points = append(day.Points, Point{f.At(i).Sub(f.Start), t})
	}
	day.PeakAt = day.Points[highest].At
	return day, nil
}

// stretch raises what is above 1 to the power that brings the highest to top.
// A day without anything above 1 gets its highest point raised alone. A top
// below 1 levels the day: its peak is then its median.
func stretch(times []float64, top float64) {
	top = math.Max(top, 1)
	highest, at := series.Max(times)
	if highest <= 1+1e-9 {
		times[at] = top
		return
	}
	k := math.Log(top) / math.Log(highest)
	for i, t := range times {
		if t > 1 {
			times[i] = math.Pow(t, k)
		}
	}
	times[at] = top // without the last bits of Pow
}

func lowerMedian(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}
