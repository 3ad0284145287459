package history

import (
	"math"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

// increases are how much a counter rose in each bin of a step from the first
// stamp on. Between two samples it is taken to rise evenly, which matters only
// where stamps are beside the grid. A sample below the one before is a new
// beginning from zero, as in PromQL's increase. Samples more than one and a
// half steps apart leave a hole: what came between them is known, when is not.
func increases(rows []row, step time.Duration, h *History) []row {
	var bins []row
	var last row           // sample
	var total float64      // rise from the first sample to last
	var start time.Time    // of bin 0
	var edge time.Duration // the newest edge of bins at or before last, from start
	var atEdge float64     // total there
	known := false         // whether atEdge is
	for _, r := range rows {
		if math.IsNaN(r.value) {
			continue
		}
		if start.IsZero() {
			start, last, known = r.at, r, true
			continue
		}
		if !r.at.After(last.at) {
			h.Duplicates.add(r.line, "%s comes again", stamp(r.at))
			continue
		}
		rise := r.value - last.value
		if rise < 0 {
			h.Resets.add(r.line, "%g after %g at %s", r.value, last.value, stamp(r.at))
			rise = r.value
		}
		from, to := last.at.Sub(start), r.at.Sub(start)
		if to-from > step+step/2 {
			edge, known = to/step*step, to%step == 0
			atEdge = total + rise
		} else {
			for edge+step <= to {
				here := total + rise*float64(edge+step-from)/float64(to-from)
				if known {
					bins = append(bins, row{line: r.line, at: start.Add(edge), value: here - atEdge})
				}
				edge, atEdge, known = edge+step, here, true
			}
		}
		total += rise
		last = r
	}
	return bins
}

// marksOf are the states of a counter's samples: what is marked at one, as at the
// start of a bin, lasts for a step.
func marksOf(rows []row, step time.Duration) []Mark {
	var marks []Mark
	for _, r := range rows {
		if r.state != series.Outage && r.state != series.Throttled {
			continue
		}
		if n := len(marks) - 1; n >= 0 && marks[n].State == r.state && marks[n].To.Equal(r.at) {
			marks[n].To = r.at.Add(step)
			continue
		}
		marks = append(marks, Mark{From: r.at, To: r.at.Add(step), State: r.state})
	}
	return marks
}
