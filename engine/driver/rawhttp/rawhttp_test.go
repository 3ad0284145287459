package rawhttp

import (
	"testing"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/driver/drivertest"
)

func TestConformance(t *testing.T) {
	drivertest.Run(t, func(o driver.Options) driver.Driver { return Driver{o} })
}
