package forecast

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

// A Day is the forecast day as a shape: multiples of its own median rate.
type Day struct {
	P          float64       // probability that the day's peak stays under the shape's
	Points     []Point       // from offset 0 on, evenly spaced
	PeakAt     time.Duration // offset of the highest point
	MedianRate float64       // what Times = 1 stands for, real requests per second
	PeakRate   float64       // highest point, real requests per second
}

// A Point says that at an offset from the start of the day the rate is Times
// its median.
type Point struct {
	At    time.Duration `json:"at"`
	Times float64       `json:"times"`
}

// mostPoints of a day: a quarter of an hour apart.
const mostPoints = 96

// Day is the forecast day whose peak is the p quantile of the peak, one of the
// forecast's probabilities.
//
// A day as high as the p path everywhere would not be a likely day: the path
// is a bound on each bin. So the day keeps the median path's median, and what
// is above it is stretched in logs until the highest point is the peak:
//
//	times = r^k where r > 1,   k = ln(peak / median) / ln(max r)
//
// where r is the p path over its own median. A tenfold match day so gets a
// sharp peak over a normal day and not ten normal days. The median is the lower
// of the two middle points, so that one point is exactly 1.
func (f Forecast) Day(p float64) (Day, error) {
	at := slices.IndexFunc(f.Peaks, func(k Peak) bool { return k.P == p })
	if at < 0 || len(f.Paths) == 0 {
		return Day{}, fmt.Errorf("no forecast at the quantile %v: want one of %v", p, Probabilities())
	}
	peak := f.Peaks[at]
	path := f.Paths[min(at, len(f.Paths)-1)] // the highest supported
	usual, times := quarters(f.Paths[0].Values), quarters(path.Values)
	middle, ownMiddle := lowerMedian(usual), lowerMedian(times)
	if !(middle > 0) || !(ownMiddle > 0) {
		return Day{}, fmt.Errorf("the forecast day's median is %v a bin: no multiple of it is a peak; use a history of coarser bins", middle)
	}
	for i := range times {
		times[i] /= ownMiddle
	}
	stretch(times, peak.PerBin/middle)
	top, highest := series.Max(times)
	day := Day{P: p, MedianRate: middle / f.StepSeconds, PeakRate: top * middle / f.StepSeconds}
	for i, t := range times {
		day.Points = append(day.Points, Point{24 * time.Hour * time.Duration(i) / time.Duration(len(times)), t})
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

// quarters are the highest bin of each quarter of an hour, or the bins
// themselves if they are longer.
func quarters(values []float64) []float64 {
	n := min(len(values), mostPoints)
	q := make([]float64, n)
	for i := range q {
		q[i], _ = series.Max(values[i*len(values)/n : (i+1)*len(values)/n])
	}
	return q
}

func lowerMedian(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}
