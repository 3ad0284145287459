package library_test

import (
	"testing"
	"fmt"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/library"
)

func TestX(t *testing.T) {
	for _, name := range library.List() {
		s, err := library.Open(name)
		if err != nil { t.Error(err); continue }
		d, err := scenarios.Marshal(s)
		fmt.Println(string(d), err)
	}
}
