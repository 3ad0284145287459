package cli_test

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/peakday/peakday/internal/cli"
)

// The test binary is peakday itself when it is called by that name; so are the children that a drill starts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"peakday": func() {
			os.Exit(cli.Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
		},
	})
}

// The command line is specified by scripts: the first word of a file's name is the command.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitcode,
			"serve":    serve,
			"waitfor":  waitfor,
			"results":  results,
			"history":  writeHistory,
		},
		Condition: func(name string) (bool, error) { return name == "long" && !testing.Short(), nil },
	})
}
