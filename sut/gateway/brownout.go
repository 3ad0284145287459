package gateway

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// Brownout is a step at which part of the service is left out, so that more
// people can have the rest. The steps are in order: each begins when more is
// refused, or the wait is longer, than the one before, and leaves out what that
// one does too.
type Brownout struct {
	Refused float64       `yaml:"refused,omitempty"` // share of requests refused in the last second, from which it begins
	Wait    time.Duration `yaml:"wait,omitempty"`    // or mean wait in the queue
	Stale   bool          `yaml:"stale,omitempty"`   // routes with stale are answered from the shelf without asking the service
	Off     []string      `yaml:"off,omitempty"`     // optional features to leave out; see Feature
}

func brownoutFaults(fs *faults, steps []Brownout, routes []Route) {
	kept := slices.ContainsFunc(routes, func(r Route) bool { return r.Stale > 0 })
	for i, s := range steps {
		path := fmt.Sprintf("brownout[%d]", i)
		if !(s.Refused >= 0 && s.Refused <= 1) {
			fs.add(path+".refused", "found %v, want a share, 0 to 1", s.Refused)
		}
		if s.Wait < 0 {
			fs.add(path+".wait", "found %v, want more than 0s", s.Wait)
		}
		if s.Refused == 0 && s.Wait == 0 {
			fs.add(path, "found neither refused nor wait, want when it begins")
		}
		if i > 0 && (s.Refused != 0 && s.Refused < steps[i-1].Refused || s.Wait != 0 && s.Wait < steps[i-1].Wait) {
			fs.add(path, "found it before brownout[%d], want the steps in order", i-1)
		}
		switch {
		case !s.Stale && len(s.Off) == 0:
			fs.add(path, "found neither stale nor off, want what is left out")
		case s.Stale && !kept:
			fs.add(path+".stale", "found it without a route that has stale, want the routes whose old answers will do")
		}
		for j, name := range s.Off {
			if name == "" || strings.ContainsAny(name, ", \t\r\n") {
				fs.add(fmt.Sprintf("%s.off[%d]", path, j), "found %q, want the name of a feature, such as history", name)
			}
		}
	}
}

// FeaturesOff is the request header by which a service behind the proxy learns
// which optional features it should leave out, separated by commas. What a
// client writes there is taken away.
const FeaturesOff = "Guard-Features-Off"

// A step is a level of brownout at work.
type step struct {
	stale  bool
	off    []string // with those of the steps before
	header []string
}

// newSteps has the level 0 first, at which nothing is left out.
func newSteps(list []Brownout) []*step {
	steps := []*step{{}}
	for i, b := range list {
		s := &step{stale: b.Stale || steps[i].stale, off: slices.Concat(steps[i].off, b.Off)}
		slices.Sort(s.off)
		s.off = slices.Compact(s.off)
		if len(s.off) > 0 {
			s.header = []string{strings.Join(s.off, ", ")}
		}
		steps = append(steps, s)
	}
	return steps
}

func newBrownout(list []Brownout) *admission.Brownout {
	if len(list) == 0 {
		return nil
	}
	steps := make([]admission.BrownoutStep, len(list))
	for i, b := range list {
		steps[i] = admission.BrownoutStep{Refused: b.Refused, Wait: b.Wait}
	}
	return admission.NewBrownout(steps)
}

type stepKey struct{}

// Feature reports whether an optional feature should be served: true unless the
// guard, as middleware in this process, leaves it out at the moment. Ask it
// before work that only makes an answer nicer.
//
//	if gateway.Feature(ctx, "history") {
//		page.History = history(ctx, id)
//	}
func Feature(ctx context.Context, name string) bool {
	s, ok := ctx.Value(stepKey{}).(*step)
	return !ok || !slices.Contains(s.off, name)
}
