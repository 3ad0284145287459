package history

import (
	"math"
	"slices"
	"time"
)

const (
	// silence is how much the mean observed bin would have brought in a stretch of zeros
	// that is worth telling. Chance alone makes exp(-100) of them.
	silence = 100
	// usualSilences of half the length or more make one that is no news, as of a
	// service that is closed at night.
	usualSilences = 3
)

// listen for long stretches of zeros that the history has few of: nobody may have
// come, or the service or what counts was down. Line is that of a bin.
func (h *History) listen(line func(bin int) int) {
	s := h.Series
	sum, observed, run := 0.0, 0.0, 0
	var lengths, ends []int // of stretches, in bins
	for i, v := range s.Observed(0, s.Len()) {
		if !math.IsNaN(v) {
			sum += v
			observed++
		}
		if v == 0 {
			run++
		}
		if end := i + 1; v != 0 || end == s.Len() {
			if v != 0 {
				end = i
			}
			if run > 1 {
				lengths, ends = append(lengths, run), append(ends, end)
			}
			run = 0
		}
	}
	sorted := slices.Sorted(slices.Values(lengths))
	for k, n := range lengths {
		shorter, _ := slices.BinarySearch(sorted, (n+1)/2)
		if float64(n)*sum/observed <= silence || len(sorted)-shorter >= usualSilences {
			continue
		}
		from, to := s.At(ends[k]-n), s.At(ends[k])
		h.Silent.add(line(ends[k]-n), "%s..%s", from.Format(markLayout), to.Format(markLayout))
	}
}

// markLayout is how [ParseMark] reads a time.
const markLayout = "2006-01-02T15:04:05"

// lineAt is the line of the first of sorted rows that is not before a time.
func lineAt(rows []row, at time.Time) int {
	i, _ := slices.BinarySearchFunc(rows, at, func(r row, at time.Time) int { return r.at.Compare(at) })
	return rows[min(i, len(rows)-1)].line
}
