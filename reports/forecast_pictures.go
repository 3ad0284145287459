package reports

import (
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/series"
	"github.com/peakday/peakday/reports/chart"
)

// forecastPictures are what a planner looks at: the history with the forecast after it, and the distribution of the peak.
func forecastPictures(f forecast.Forecast, steps series.Series) []Picture {
	return []Picture{aheadPicture(f, steps), peakPicture(f)}
}

// WriteForecastPNG draws the pictures of a forecast one under the other.
func WriteForecastPNG(w io.Writer, f forecast.Forecast, steps series.Series) error {
	var charts []chart.Chart
	for _, p := range forecastPictures(f, steps) {
		p.Chart.Width, p.Chart.Height = 760, 340
		charts = append(charts, p.Chart)
	}
	return chart.PNG(w, charts...)
}

const (
	shown       = 4           // horizons of the history that stand before the forecast
	leastShown  = 2 * 24      // hours of it that stand there at least
	mostShown   = 14 * 24     // hours of it that stand there at most, unless they are fewer than steadyShown steps
	steadyShown = 60          // steps of it that may always stand there
	longShown   = 3 * 14 * 24 // hours of a picture from which on its days are told with their month
)

// aheadPicture is the end of the history, what came, and the fan of the forecast after it.
func aheadPicture(f forecast.Forecast, steps series.Series) Picture {
	ahead := float64(len(f.Point)) * f.StepSeconds / 3600
	most := max(mostShown, steadyShown*f.StepSeconds/3600)
	back := int(min(max(shown*ahead, leastShown), most) * 3600 / f.StepSeconds)
	day := "Mon 02"
	if ahead*(1+shown) > longShown {
		day = "2 Jan"
	}
	first := max(0, steps.Len()-back)
	in := unitOf(f)
	past := chart.Line{Name: "came", Color: chart.Text}
	for i := first; i < steps.Len(); i++ {
		past.X = append(past.X, float64(i-steps.Len())*f.StepSeconds/3600)
		past.Y = append(past.Y, steps.Values[i]/in.bins)
	}
	c := chart.Chart{
		Alt:   capital(in.name) + " at the end of the history, and the forecast after it with its quantiles",
		X:     chart.Axis{Label: "time", Max: ahead, Format: hoursFrom(f.Start, day)},
		Y:     chart.Axis{Label: in.name},
		Lines: []chart.Line{past},
		Marks: []chart.Mark{{Vertical: true, Color: chart.Muted, Dash: chart.Dotted}},
	}
	if len(past.X) > 0 {
		c.X.Min = past.X[0]
	}
	c.X.Ticks = midnights(f.Start, c.X.Min, ahead)
	fan(&c, f, in)
	scaleUp(&c)
	return Picture{
		Title:   "What came, and what may come",
		Caption: "Each band is what a step stays under with the probability given; all of them together are less sure, see the peak. " + stepText(f),
		Chart:   c,
	}
}

func stepText(f forecast.Forecast) string {
	if f.StepSeconds > f.History.BinSeconds {
		return fmt.Sprintf("A step is %s and as high as its highest bin of %s.", lasting(f.StepSeconds), lasting(f.History.BinSeconds))
	}
	return fmt.Sprintf("A step is a bin of %s.", lasting(f.StepSeconds))
}

// midnights within hours from and to after start, as many as there is room for.
func midnights(start time.Time, from, to float64) []float64 {
	y, m, d := start.Date()
	stride := int(math.Ceil((to - from) / 24 / 8))
	var ticks []float64
	for day := -int(-from/24) - 1; ; day += max(1, stride) {
		at := time.Date(y, m, d+day, 0, 0, 0, 0, start.Location()).Sub(start).Hours()
		if at > to {
			return ticks
		}
		if at >= from {
			ticks = append(ticks, at)
		}
	}
}

// fan adds the quantiles and the point forecast to a picture whose X is hours from the start.
func fan(c *chart.Chart, f forecast.Forecast, in unit) {
	at := make([]float64, len(f.Point))
	told := func(values []float64) []float64 {
		out := make([]float64, len(values))
		for i, v := range values {
			at[i], out[i] = float64(i)*f.StepSeconds/3600, v/in.bins
		}
		return out
	}
	low := told(f.Point)
	c.Lines = append(c.Lines, chart.Line{Name: "expected", X: at, Y: low, Color: chart.Blue, Wide: true})
	n := 1.0
	for _, path := range f.Paths {
		if path.P <= 0.5 {
			continue
		}
		high := told(path.Values)
		c.Bands = append(c.Bands, chart.Band{Name: "stays under: " + chart.Percent(path.P), X: at, Low: low, High: high, Color: chart.Blue, Opacity: 0.48 / n})
		low = high
		n++
	}
}

// peakPicture is how likely the peak is more than so much.
func peakPicture(f forecast.Forecast) Picture {
	in := unitOf(f)
	line := chart.Line{Name: "the peak is more", Color: chart.Blue, Wide: true}
	for k, v := range f.PeakSample {
		line.X = append(line.X, v/in.bins)
		line.Y = append(line.Y, 1-float64(k+1)/float64(len(f.PeakSample)+1))
	}
	c := chart.Chart{
		Alt:   "How likely the peak is more than so many " + in.name,
		X:     chart.Axis{Label: in.name + ", highest bin"},
		Y:     chart.Axis{Label: "probability that the peak is more", Format: chart.Percent},
		Lines: []chart.Line{line},
	}
	last := len(line.X) - 1
	if line.X[last]-line.X[0] <= 1e-6*line.X[last] { // one peak and no other
		c.X.Max = 2 * line.X[last]
	}
	if line.X[0] > 0 && line.X[last] > 10*line.X[0] {
		c.X.Scale = chart.Log
		c.X.Label += ", log scale"
	}
	dashes := []chart.Dash{chart.Dotted, chart.DashDot, chart.Dashed, chart.Solid}
	for i, p := range f.Peaks {
		if p.P < 0.5 || p.P > 0.995 {
			continue // beyond the sample the line does not reach
		}
		c.Marks = append(c.Marks, chart.Mark{Name: chart.Percent(p.P) + ": " + in.of(p.PerBin), At: p.PerBin / in.bins, Vertical: true, Color: chart.Vermilion, Dash: dashes[i%len(dashes)]})
	}
	if h := f.History.Largest; h.PerBin > 0 {
		c.Marks = append(c.Marks, chart.Mark{Name: "largest so far: " + in.of(h.PerBin), At: h.PerBin / in.bins, Vertical: true, Color: chart.Green})
	}
	return Picture{
		Title:   "How high the peak may be",
		Caption: "Where the line meets a mark is the risk that the peak is more than that.",
		Chart:   c,
	}
}

// fanPicture is the forecast day with its quantiles, and the day that was driven on it, in real requests a second.
func fanPicture(d Drill) (Picture, bool) {
	f := d.Forecast
	if f == nil || f.StepSeconds <= 0 {
		return Picture{}, false
	}
	c := chart.Chart{
		Alt: "The forecast: expected and quantiles of requests a second by hour, and the day that was driven",
		X:   chart.Axis{Label: "time of day", Max: 24, Ticks: []float64{0, 4, 8, 12, 16, 20, 24}, Format: hoursFrom(f.Start, "15:04")},
		Y:   chart.Axis{Label: "real requests a second"},
	}
	fan(&c, *f, unit{bins: f.History.BinSeconds})
	if day := d.Day; day != nil {
		line := chart.Line{Name: "driven: " + chart.Percent(day.P) + " day", Color: chart.Vermilion, Dash: chart.Dashed}
		for _, p := range day.Points {
			line.X, line.Y = append(line.X, p.At.Hours()), append(line.Y, p.Times*day.MedianRate)
		}
		c.Lines = append(c.Lines, line)
		if event := d.Scenario.Shape.Event(); event > 0 {
			peak := day.PeakAt.Hours()
			c.Lines = append(c.Lines, chart.Line{
				Name: "event: " + chart.Number(event) + " × median", Color: chart.Vermilion, Wide: true,
				X: []float64{peak, peak}, Y: []float64{day.PeakRate, event * day.MedianRate},
			})
		}
	}
	scaleUp(&c)
	return Picture{
		Title:   "The coming day, and the day that was driven",
		Caption: "The bands are bounds that each bin stays under with the probability given.",
		Chart:   c,
	}, true
}

// hoursFrom writes hours from the start in a layout of package time.
func hoursFrom(start time.Time, layout string) func(float64) string {
	return func(hours float64) string {
		return start.Add(time.Duration(hours * float64(time.Hour))).Format(layout)
	}
}

// scaleUp gives a picture with peaks of more than ten times its median a log scale.
func scaleUp(c *chart.Chart) {
	var all []float64
	for _, l := range c.Lines {
		for _, v := range l.Y {
			if v > 0 {
				all = append(all, v)
			}
		}
	}
	slices.Sort(all)
	if len(all) > 0 && all[len(all)-1] > 10*series.Quantile(all, 0.5) {
		c.Y.Scale = chart.Log
		c.Y.Label += ", log scale"
	}
}
