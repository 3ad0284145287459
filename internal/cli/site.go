package cli

import (
	"math"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/peakday/peakday/internal/drill"
	"github.com/peakday/peakday/sut"
)

// siteFlags say what the bundled service stands on.
type siteFlags struct {
	store, pool, memory string
	cpus                float64
}

func (f *siteFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.store, "store", "", "what keeps the bundled service's database: sqlite or postgres, which is found or started (default sqlite)")
	flags.StringVar(&f.pool, "pool", "", "how the pooled funds' balances are kept: sync, one hot row; striped:N; or lazy (default lazy)")
	flags.Float64Var(&f.cpus, "cpus", 0, "processors of each container, such as 1.5 (default: no container)")
	flags.StringVar(&f.memory, "memory", "", "memory of each container, such as 512MB (default: no container)")
}

// service is what the flags ask for.
func (f *siteFlags) service(c *cobra.Command) (s drill.Service, err error) {
	if f.store != "" && f.store != sut.SQLite && f.store != sut.Postgres {
		return s, usage(c, "--store %q: want %s or %s", f.store, sut.SQLite, sut.Postgres)
	}
	if f.pool != "" {
		if _, err := sut.ParsePool(f.pool); err != nil {
			return s, usage(c, "--pool: %v", err)
		}
	}
	s.Store, s.Pool, s.Limits.CPUs = f.store, f.pool, f.cpus
	if f.memory != "" {
		bytes, err := humanize.ParseBytes(f.memory)
		if err != nil || bytes == 0 || bytes > math.MaxInt64 {
			return s, usage(c, "--memory %q: want a size such as 512MB or 1GiB", f.memory)
		}
		s.Limits.Memory = int64(bytes)
	}
	if err := s.Limits.Validate(); err != nil {
		return s, usage(c, "%v", err)
	}
	return s, nil
}
