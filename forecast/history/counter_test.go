package history

import (
	"fmt"
	"strings"
	"testing"
)

// Of two samples at the same time the first counts, and the second is told.
func TestASampleOfACounterThatComesTwice(t *testing.T) {
	h, err := Read(strings.NewReader("served_total 1 1772359200\nserved_total 5 1772359260\nserved_total 9 1772359260\nserved_total 11 1772359320\n"), "x", Options{})
	if err != nil || fmt.Sprint(h.Series.Values) != "[4 6]" || h.Duplicates.Count != 1 {
		t.Errorf("%v with %d duplicates, %v, want [4 6] with one", h.Series.Values, h.Duplicates.Count, err)
	}
}
