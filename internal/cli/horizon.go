package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A horizon is how far ahead a forecast looks: steps, or a length of time.
type horizon struct {
	steps  int
	length time.Duration // where steps is 0
}

func parseHorizon(text string) (h horizon, err error) {
	if h.steps, err = strconv.Atoi(text); err == nil && h.steps > 0 {
		return h, nil
	}
	if h.length, err = time.ParseDuration(text); err == nil && h.length > 0 {
		return horizon{length: h.length}, nil
	}
	return h, fmt.Errorf("%q: want steps, such as 48, or a duration, such as 48h", text)
}

// of a history with bins of that length.
func (h horizon) of(bin time.Duration) time.Duration {
	if h.steps > 0 {
		return time.Duration(h.steps) * bin
	}
	return h.length
}

// probabilities reads those of quantiles.
func probabilities(words []string) ([]float64, error) {
	var all []float64
	for _, word := range words {
		p, err := strconv.ParseFloat(word, 64)
		if err != nil || !(p > 0 && p < 1) {
			return nil, fmt.Errorf("%q: want probabilities between 0 and 1, such as 0.5,0.95", word)
		}
		if n := len(all); n > 0 && p <= all[n-1] {
			return nil, fmt.Errorf("%s: want them rising", strings.Join(words, ","))
		}
		all = append(all, p)
	}
	return all, nil
}
