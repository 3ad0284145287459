package storetest

import (
	"testing"

	"github.com/peakday/peakday/sut/store"
)

// An Open opens one database, new and empty at first. Opened again, after a Close or a crash, it is as it was left.
type Open func(t testing.TB, pool store.Pool) store.Store
