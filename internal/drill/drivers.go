package drill

import (
	"fmt"
	"strings"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/driver/nethttp"
	"github.com/peakday/peakday/engine/driver/rawhttp"
)

// A kind of driver, and what it cannot do.
type kind struct {
	name     string
	supports func(driver.Options) error
	open     func(driver.Options) driver.Driver
	gc       int // GOGC during a run, as engine.Engine has it
}

// kinds is every driver, the one to be preferred first.
func kinds() []kind {
	return []kind{
		{"rawhttp", rawhttp.Supports, func(o driver.Options) driver.Driver { return rawhttp.Driver{Options: o} }, 100},
		{"nethttp", func(driver.Options) error { return nil }, func(o driver.Options) driver.Driver { return nethttp.Driver{Options: o} }, 1000},
	}
}

// DriverNames are the names of the drivers, the preferred one first.
func DriverNames() (names []string) {
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

// Choose gives the driver of that name, or where it is empty the first that can do what the options ask for, and says why.
func Choose(name string, o driver.Options) (d driver.Driver, reason string, err error) {
	reason = "it does all that is asked for at the least cost"
	for _, k := range kinds() {
		err := k.supports(o)
		switch {
		case name == k.name && err != nil:
			return nil, "", fmt.Errorf("driver %s: %w", name, err)
		case name == k.name:
			return k.open(o), "asked for", nil
		case name == "" && err == nil:
			return k.open(o), reason, nil
		}
		reason = fmt.Sprintf("%s cannot: %v", k.name, err)
	}
	return nil, "", fmt.Errorf("driver %q: want one of %s", name, strings.Join(DriverNames(), ", "))
}

// gc is GOGC during a run with the driver of that name.
func gc(name string) int {
	for _, k := range kinds() {
		if k.name == name {
			return k.gc
		}
	}
	return 0
}

// perLoop is how many arrivals a second one loop is given at most, where there are cores for more: half of what one core
// sends flat out.
const perLoop = 60_000

// Loops is how many loops a plan with so many arrivals in its fullest second is dealt to on so many cores: as few as will
// do, and one core stays free for the rest.
func Loops(peak uint64, cores int) int {
	return max(1, min(int((peak+perLoop-1)/perLoop), cores-1))
}
