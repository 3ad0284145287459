package drill

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/container"
	"github.com/peakday/peakday/sut/store/postgres/server"
)

// A Service is how the bundled service is run. The zero value is a process of its own on SQLite.
type Service struct {
	Store  string           // sut.SQLite or sut.Postgres; empty means SQLite
	Pool   string           // as sut.ParsePool reads it; empty means as the service has it
	Limits container.Limits // of the container of the service, and of that of its PostgreSQL; zero means no containers
}

// place finds a fresh place for the database of a variant.
func (s *stage) place(ctx context.Context, v scenarios.Variant) (err error) {
	d := s.drill
	switch {
	case d.Target != "":
		return nil
	case d.Service.Store == sut.Postgres:
		if s.postgres, err = server.Start(ctx, server.Options{Limits: d.Service.Limits}); err != nil {
			return err
		}
		s.database = s.postgres.DSN()
	case d.Service.Limits.Set(): // it ends with the container
	case d.Databases != "":
		s.database = filepath.Join(d.Databases, v.Name+".db")
		if _, err := os.Stat(s.database); err == nil {
			return fmt.Errorf("%s is there already; every run starts from a fresh database, give another folder", s.database)
		}
	default:
		s.database = filepath.Join(s.dir, "service.db")
	}
	return nil
}

// leave gives back what place took.
func (s *stage) leave() error {
	if s.postgres == nil {
		return nil
	}
	return s.postgres.Close()
}

// serviceArgs are the flags of the service.
func (s *stage) serviceArgs() []string {
	d := s.drill
	args := []string{
		"--profile", d.Scenario.Service.Profile,
		"--workers", fmt.Sprint(d.Scenario.Service.Workers),
		"--people", fmt.Sprint(d.people()),
		"--seed", fmt.Sprint(d.Scenario.Seed),
	}
	if d.Service.Pool != "" {
		args = append(args, "--pool", d.Service.Pool)
	}
	if l := d.Service.Limits; l.CPUs > 0 {
		args = append(args, "--cpus", fmt.Sprint(l.CPUs))
	}
	if l := d.Service.Limits; l.Memory > 0 {
		args = append(args, "--memory", fmt.Sprint(l.Memory))
	}
	if s.database != "" && !d.Service.Limits.Set() {
		args = append(args, "--keys", s.keys())
	}
	return args
}

// keys is beside the database, or in the drill's own folder.
func (s *stage) keys() string {
	if sut.IsDSN(s.database) {
		return filepath.Join(s.dir, "service.keys")
	}
	return s.database + ".keys"
}

// environment names the database where no list of processes shows its password.
func (s *stage) environment() []string {
	if s.database == "" {
		return nil
	}
	return []string{sut.DatabaseVariable + "=" + s.database}
}

// site says what the service stands on, for the record.
func (s *stage) site() []string {
	d := s.drill
	if d.Target != "" {
		return nil
	}
	kept := "SQLite"
	if s.postgres != nil {
		kept = "PostgreSQL, " + s.postgres.String()
	}
	note := fmt.Sprintf("The service kept its database in %s, the balances of the pools %s", kept, cmp.Or(d.Service.Pool, "lazy"))
	if l := d.Service.Limits; l.Set() {
		note += ", in containers of"
		if l.CPUs > 0 {
			note += fmt.Sprintf(" %g processors", l.CPUs)
		}
		if l.Memory > 0 {
			note += fmt.Sprintf(" %d MB of memory", l.Memory/1_000_000)
		}
		note += " each"
	}
	return []string{note}
}
