package selftest_test

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/peakday/peakday/internal/cli"
)

// The test binary is peakday itself when it is called by that name; so are the children that a self-test starts.
func TestMain(m *testing.M) {
	peakday := func() { os.Exit(cli.Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
	if os.Args[0] == "peakday" {
		peakday()
	}
	testscript.Main(m, map[string]func(){"peakday": peakday})
}
