package sut

import (
	"fmt"
	"strings"
	"time"
)

// A Profile is the shape of the worker pool before the public routes.
type Profile struct {
	Name    string
	Workers int           // requests served at a time; > 0
	Hold    time.Duration // least time a worker is held by a request, its operation included; 0 means as long as that takes
	Spread  float64       // holds are scattered log-normally around that mean: the standard deviation of their logarithm; 0 means each is Hold
	Queue   int           // requests that wait in arrival order; what comes beyond them is refused with 503; >= 0
}

// Profiles are the pools the service comes with.
//
// modern is bounded by the machine: its pool only keeps memory in bounds.
//
// legacy-2018 reproduces the overload told of 2018-era systems, a mean answer of 28 s where 0.8 s is normal:
// 64 workers of 0.8 s serve 80/s, and a queue of 2,176 before them takes 27.2 s to pass, just inside a client
// timeout of 30 s. It fits the published figures; nobody published what those systems ran.
func Profiles() []Profile {
	return []Profile{
		{Name: "modern", Workers: 256, Queue: 8192},
		{Name: "legacy-2018", Workers: 64, Hold: 800 * time.Millisecond, Queue: 2176},
	}
}

// ProfileByName finds a profile; the empty name means modern. The error lists the names there are.
func ProfileByName(name string) (Profile, error) {
	if name == "" {
		name = "modern"
	}
	var names []string
	for _, p := range Profiles() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Profile{}, fmt.Errorf("profile %q: want one of %s", name, strings.Join(names, ", "))
}

func (p Profile) check() error {
	switch {
	case p.Workers <= 0:
		return fmt.Errorf("profile %s: %d workers, want at least 1", p.Name, p.Workers)
	case p.Hold < 0:
		return fmt.Errorf("profile %s: hold %s, want 0 or more", p.Name, p.Hold)
	case !(p.Spread >= 0 && p.Spread <= 2):
		return fmt.Errorf("profile %s: spread %g, want 0 to 2", p.Name, p.Spread)
	case p.Queue < 0:
		return fmt.Errorf("profile %s: queue %d, want 0 or more", p.Name, p.Queue)
	}
	return nil
}
