package rules

import (
	"errors"
	"fmt"
)

// ErrNoRule is wrapped by the error of a call for which no pack in the book holds a rule on that day.
var ErrNoRule = errors.New("no rule in force")

// ErrNoPack is wrapped by the error of a call that names a pack by an id that is not in the book.
var ErrNoPack = errors.New("no policy pack")

// A FactError says which fact cannot be reckoned with. The caller can mend it.
type FactError struct {
	Field string // the fact's name in the API, such as "months" or "lines[2].qty"
	Found string // what was given
	Want  string // what would do
}

// Error gives field, found and wanted in one line.
func (e *FactError) Error() string {
	return fmt.Sprintf("%s is %s: want %s", e.Field, e.Found, e.Want)
}

// between is nil where lo <= v <= hi, else a *FactError.
func between(field string, v, lo, hi int64) error {
	if v < lo || v > hi {
		return &FactError{field, fmt.Sprint(v), fmt.Sprintf("%d to %d", lo, hi)}
	}
	return nil
}

// The largest facts taken: far above what the law knows, far below where an int64 ends.
const (
	maxMoney  = 100_000_000_00        // fen, of one person
	maxSum    = 10_000_000_000_000_00 // fen, of one employer
	maxBase   = 10_000_000_00         // fen a month
	maxMonths = 900
)
