//go:build !(linux && (amd64 || arm64))

package rawhttp

import (
	"fmt"
	"runtime"

	"github.com/peakday/peakday/engine/driver"
)

// system says what this system lacks.
func system() error {
	return fmt.Errorf("%w: it needs the epoll of Linux on amd64 or arm64, and this is %s/%s; use nethttp", ErrUnsupported, runtime.GOOS, runtime.GOARCH)
}

// Open returns ErrUnsupported.
func (d Driver) Open() (driver.Loop, error) { return nil, Supports(d.Options) }
