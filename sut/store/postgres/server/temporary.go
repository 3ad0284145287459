package server

import (
	"errors"
	"fmt"
	"os"

	"github.com/peakday/peakday/sut/scratch"
)

// temporary makes a directory that only the account may enter.
func temporary(as account) (string, error) {
	dir, err := scratch.Dir("peakday-postgres-")
	if err == nil {
		if err = as.own(dir); err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}
	if err != nil {
		return "", fmt.Errorf("making a place for PostgreSQL: %w", err)
	}
	return dir, nil
}
