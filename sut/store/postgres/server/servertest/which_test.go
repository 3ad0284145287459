package servertest_test

import (
	"testing"

	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
)

// TestWhichPostgres only says which PostgreSQL the tests of this machine have: make test prints its line first.
func TestWhichPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	if s := servertest.Start(t); s.How() == "" {
		t.Error("a server that does not say how it was had")
	}
}
