package servertest

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Missing ends a test for want of what, "postgres", "docker" or "host" (PostgreSQL's programs on this machine), which
// could not be had because of err. It fails where PEAKDAY_REQUIRE names it, and skips elsewhere.
func Missing(t testing.TB, what string, err error) {
	t.Helper()
	if required(what) {
		t.Fatalf("%s is required and cannot be had: %v", what, err)
	}
	t.Skipf("no %s: %v", what, err)
}

// required says that PEAKDAY_REQUIRE, a list with commas, names it.
func required(what string) bool {
	return slices.Contains(strings.Split(os.Getenv("PEAKDAY_REQUIRE"), ","), what)
}
