// Peakday forecasts the peak of a policy day, rehearses it against a service, protects the service and says what
// capacity the day needs. Run it without arguments for its commands.
package main

import (
	"context"
	"os"
	_ "time/tzdata"

	"github.com/peakday/peakday/internal/cli"
)

func main() {
	os.Exit(cli.Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
