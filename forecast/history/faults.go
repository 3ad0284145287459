package history

import (
	"errors"
	"fmt"
)

// maxFaults is how many broken lines one error tells.
const maxFaults = 20

// faults gathers what is broken, up to maxFaults.
type faults struct {
	name string
	n    int
	all  []error
}

func (f *faults) add(line int, format string, args ...any) {
	f.n++
	if f.n <= maxFaults {
		f.all = append(f.all, fmt.Errorf("%s:%d: %s", f.name, line, fmt.Sprintf(format, args...)))
	}
}

func (f *faults) more() bool { return f.n < maxFaults }

func (f *faults) err() error {
	if f.n >= maxFaults {
		f.all = append(f.all, fmt.Errorf("%s: stopped after %d faults; is it the right file, column and time format?", f.name, f.n))
	}
	return errors.Join(f.all...)
}
