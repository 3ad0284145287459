package reports

import (
	"fmt"
	"math"

	"github.com/peakday/peakday/forecast/sizing"
	"github.com/peakday/peakday/reports/chart"
)

// runPictures are two pictures of each run, side by side on the same scale, and two of all runs together.
func runPictures(d Drill, doc Document) []Picture {
	var outcomes, latencies []Picture
	for i := range doc.Runs {
		outcomes = append(outcomes, outcomePicture(doc, doc.Runs[i]))
		latencies = append(latencies, latencyPicture(doc, doc.Runs[i]))
	}
	align(outcomes)
	align(latencies)
	return append(append(outcomes, latencies...), percentilePicture(d), inFlightPicture(d))
}

func align(pictures []Picture) {
	var charts []*chart.Chart
	for i := range pictures {
		charts = append(charts, &pictures[i].Chart)
	}
	chart.Align(charts...)
}

// over takes one value of each second of the run.
func over(r RunFacts, value func(Second) float64) (at, values []float64) {
	for _, s := range r.Timeline {
		at, values = append(at, float64(s.At)), append(values, value(s))
	}
	return at, values
}

func outcomePicture(doc Document, r RunFacts) Picture {
	line := func(name string, color chart.Ink, dash chart.Dash, wide bool, of func(Second) uint64) chart.Line {
		at, values := over(r, func(s Second) float64 { return float64(of(s)) })
		return chart.Line{Name: name, X: at, Y: values, Color: color, Dash: dash, Wide: wide}
	}
	c := chart.Chart{
		Alt: fmt.Sprintf("%s: requests that came in each second, and those answered, good, shed and failed; goodput in the judged span was %s while %s %s",
			r.Variant, measured(r.Judged.Goodput, "/s"), measured(r.Judged.Offered, "/s"), cameIn(r)),
		X: chart.Axis{Label: "seconds from the start"},
		Y: chart.Axis{Label: "requests a second, log scale", Scale: chart.LogZero},
		Lines: []chart.Line{
			line(cameIn(r), chart.Gray, chart.Solid, false, func(s Second) uint64 { return s.Offered }),
			line("shed", chart.Orange, chart.Dashed, false, func(s Second) uint64 { return s.Shed }),
			line("failed", chart.Vermilion, chart.DashDot, false, func(s Second) uint64 { return s.Failed }),
			line("answered", chart.Sky, chart.Dotted, true, func(s Second) uint64 { return s.Good + s.Late }),
			line("good", chart.Blue, chart.Solid, true, func(s Second) uint64 { return s.Good }),
		},
	}
	if doc.DeclaredCapacity > 0 {
		c.Marks = []chart.Mark{{Name: "capacity " + given(Number(doc.DeclaredCapacity), "/s"), At: doc.DeclaredCapacity, Color: chart.Text, Dash: chart.Dotted}}
	}
	return Picture{
		Title:   capital(r.Variant) + ": what came in and what became of it",
		Caption: "By the second in which requests ended; what came in by the second in which it was due.",
		Chart:   c,
	}
}

func latencyPicture(doc Document, r RunFacts) Picture {
	line := func(name string, color chart.Ink, dash chart.Dash, wide bool, of func(Second) Number) chart.Line {
		at, values := over(r, func(s Second) float64 { return float64(of(s)) })
		return chart.Line{Name: name, X: at, Y: values, Color: color, Dash: dash, Wide: wide}
	}
	c := chart.Chart{
		Alt: fmt.Sprintf("%s: time from due to answer of admitted requests; in the judged span p50 was %s, p95 %s and p99 %s",
			r.Variant, measured(r.Judged.AdmittedP50, "s"), measured(r.Judged.AdmittedP95, "s"), measured(r.Judged.AdmittedP99, "s")),
		X: chart.Axis{Label: "due, seconds from the start"},
		Y: chart.Axis{Label: "time from due to answer, log scale", Scale: chart.Log, Format: chart.Time},
		Lines: []chart.Line{
			line("p99", chart.Purple, chart.Dotted, false, func(s Second) Number { return s.AdmittedP99 }),
			line("p95", chart.Orange, chart.Dashed, false, func(s Second) Number { return s.AdmittedP95 }),
			line("p50", chart.Blue, chart.Solid, true, func(s Second) Number { return s.AdmittedP50 }),
		},
	}
	if r.Judged.To > r.Judged.From {
		c.Shades = []chart.Shade{{Name: "judged", From: r.Judged.From, To: r.Judged.To, Color: chart.Gray, Opacity: 0.12}}
	}
	if doc.GoodWithin > 0 {
		c.Marks = []chart.Mark{{Name: "good within " + given(doc.GoodWithin, "s"), At: float64(doc.GoodWithin), Color: chart.Text, Dash: chart.Dotted}}
	}
	return Picture{
		Title:   capital(r.Variant) + ": how long people waited",
		Caption: "Admitted requests, by the second in which they were due. A gap is a second without one.",
		Chart:   c,
	}
}

// looks tell variants apart where they share a picture.
var looks = [...]struct {
	color chart.Ink
	dash  chart.Dash
}{{chart.Vermilion, chart.Dashed}, {chart.Blue, chart.Solid}, {chart.Green, chart.DashDot}, {chart.Purple, chart.Dotted}}

func percentilePicture(d Drill) Picture {
	c := chart.Chart{
		Alt: "Time from due to answer of admitted requests by percentile, one curve a variant",
		X:   chart.Axis{Label: "percentile of admitted requests, each nine takes the same room", Scale: chart.Percentile, Format: chart.Percent},
		Y:   chart.Axis{Label: "time from due to answer, log scale", Scale: chart.Log, Format: chart.Time},
	}
	for i, v := range d.Variants {
		look := looks[i%len(looks)]
		line := chart.Line{Name: v.Run.Header.Variant, Color: look.color, Dash: look.dash, Wide: true}
		admitted := v.Run.Within(v.Budgets.From, v.Budgets.To, "").Admitted
		for at := 0.0; admitted.Count() > 0; at += 0.02 { // at counts nines
			miss := math.Pow(10, -at)
			if miss*float64(admitted.Count()) < 1 {
				break // fewer than one request is slower: the histogram knows nothing there
			}
			line.X = append(line.X, 1-miss)
			line.Y = append(line.Y, admitted.Quantile(1-miss).Seconds())
		}
		c.Lines = append(c.Lines, line)
	}
	return Picture{
		Title:   "Percentiles of the wait",
		Caption: "Admitted requests due in the judged span. Each curve ends where fewer than one request is slower.",
		Chart:   c,
	}
}

func inFlightPicture(d Drill) Picture {
	c := chart.Chart{
		Alt: "Requests waiting for an answer at the end of each second, one curve a variant",
		X:   chart.Axis{Label: "seconds from the start"},
		Y:   chart.Axis{Label: "requests in flight, log scale", Scale: chart.LogZero},
	}
	for i, v := range d.Variants {
		look := looks[i%len(looks)]
		line := chart.Line{Name: v.Run.Header.Variant, Color: look.color, Dash: look.dash, Wide: true}
		for _, e := range v.Run.Ends {
			line.X, line.Y = append(line.X, float64(e.At+1)), append(line.Y, float64(e.InFlight))
		}
		c.Lines = append(c.Lines, line)
	}
	return Picture{
		Title:   "Requests waiting for an answer",
		Caption: "At the end of each second.",
		Chart:   c,
	}
}

func riskPicture(p *sizing.Plan) (Picture, bool) {
	if len(p.Risk) == 0 {
		return Picture{}, false
	}
	without := chart.Line{Name: "without the event", Color: chart.Blue, Wide: true, Steps: true}
	with := chart.Line{Name: "event × " + chart.Number(p.Lift), Color: chart.Vermilion, Dash: chart.Dashed, Wide: true, Steps: true}
	for _, r := range p.Risk {
		without.X, without.Y = append(without.X, float64(r.Replicas)), append(without.Y, r.Risk.AtMost)
		with.X, with.Y = append(with.X, float64(r.Replicas)), append(with.Y, r.Event.AtMost)
	}
	c := chart.Chart{
		Alt:   fmt.Sprintf("Risk that the day's peak is more than N replicas of %s can do, by N", measured(Number(p.Capacity), "/s")),
		X:     chart.Axis{Label: "replicas"},
		Y:     chart.Axis{Label: "risk that the peak is more than they can do, log scale", Scale: chart.Log, Format: chart.Percent},
		Lines: []chart.Line{without},
	}
	if p.Lift > 1 {
		c.Lines = append(c.Lines, with)
	}
	if p.Now != nil {
		c.Marks = []chart.Mark{{Name: fmt.Sprintf("now: %d", p.Now.Replicas), At: float64(p.Now.Replicas), Vertical: true, Color: chart.Text, Dash: chart.Dotted}}
	}
	if last := p.Risk[len(p.Risk)-1].Replicas; last > 30 {
		c.X.Scale, c.X.Label = chart.Log, "replicas, log scale"
	}
	return Picture{
		Title:   "Risk over replicas",
		Caption: fmt.Sprintf("Upper bound from %d equally likely peaks of the forecast; beyond the highest it says less than 1 in %d.", p.Sample, p.Sample+1),
		Chart:   c,
	}, true
}
