package scenarios_test

import (
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/profile"
)

// In the closed model the curve of the shape is the number of users, and the document never says it twice.
func TestTheShapeOfAClosedModelCountsUsers(t *testing.T) {
	s, err := scenarios.Parse("closed.yaml", []byte(closedModel(t)))
	if err != nil {
		t.Fatal(err)
	}
	p, marks, err := profile.Of(s.Shape)
	if err != nil {
		t.Fatal(err)
	}
	if p.Rate(0) != 64 || p.Rate(20*time.Second) != 128 || marks.PeakRate != 128 {
		t.Errorf("found %v users at the start and %v at the end, want 64 and 128", p.Rate(0), p.Rate(20*time.Second))
	}
	written, err := scenarios.Marshal(s)
	if err != nil || strings.Contains(string(written), "base:") {
		t.Errorf("%v\n%s", err, written)
	}
	s.Shape.Base = 5
	if err := s.Validate(nil); err == nil || err.Error() != "closed.yaml:3:8: shape.base: found 5, want the number of users, 64" {
		t.Errorf("with another base: %v", err)
	}
}
