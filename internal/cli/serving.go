package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/peakday/peakday/internal/child"
	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/container"
	"github.com/peakday/peakday/sut/store/postgres/server"
)

// A serving service, in this process or in a container.
type serving struct {
	announcement
	ended  func(context.Context) error // why it ended by itself, nil while it runs; nil where it cannot
	guard  string                      // what is to be said of the guard inside, "" without one
	reread func() error                // has the guard inside read its configuration again; nil without one
	close  func() error
}

// An announcement is what a service says of itself once it serves: the one line of -o json.
type announcement struct {
	child.Announcement
	Demo     sut.Demo `json:"demo"`
	Database string   `json:"database"`
	Limits   string   `json:"limits,omitempty"` // of the containers of the service and its PostgreSQL, each
}

// gcPercent lets the heap of a service grow to five times what lives before it is collected, unless GOGC says otherwise.
// Measured 2026-11-22 on the normal day flat out, 8 s, each twice beside other work: 10 and 20 % less CPU per answer than with
// 100, for 123 MB at most instead of 90. Under --memory GOMEMLIMIT collects earlier.
const gcPercent = 400

// alone starts the service in this process.
func alone(ctx context.Context, config sut.Config) (serving, error) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	service, err := sut.Start(ctx, config)
	if err != nil {
		return serving{}, err
	}
	running := serving{
		announcement: announcement{
			Announcement: child.Announcement{URL: service.URL(), AdminURL: service.AdminURL()}, Demo: service.Demo(), Database: service.Database(),
		},
		close: func() error {
			ctx, cancel := context.WithTimeout(context.Background(), drainTime)
			defer cancel()
			return service.Close(ctx)
		},
	}
	if config.Guard != nil {
		running.reread = service.Reread
	}
	return running, nil
}

// contained starts the service in a container, and before it a PostgreSQL in another where it is to have one.
func contained(ctx context.Context, s *session, config sut.Config, limits container.Limits, args []string) (running serving, err error) {
	running.close = func() error { return nil }
	env := map[string]string{}
	kept := "in the container, removed with it"
	if config.Store == sut.Postgres && config.DB == "" {
		database, err := server.Start(ctx, server.Options{Log: s.log, Limits: limits})
		if err != nil {
			return running, err
		}
		running.close, config.DB = database.Close, database.DSN()
		kept = "PostgreSQL, " + database.String() + ", removed at the end"
	}
	if config.DB != "" && config.Store != sut.Postgres {
		kept = "PostgreSQL" // its address may hold a password
	}
	if config.DB != "" {
		env[sut.DatabaseVariable] = config.DB
		args = append(args, "--keys=/tmp/service.keys") // they end with the container, as the database does or its copy
	}
	service, err := container.Service{Args: args, Env: env, Stderr: s.stderr, Limits: limits}.Start(ctx)
	if err != nil {
		return running, errors.Join(err, running.close())
	}
	database := running.close
	running.ended = service.Ended
	running.close = func() error { return errors.Join(service.Close(), database()) }
	if err := json.Unmarshal(service.Announcement, &running.announcement); err != nil {
		return running, errors.Join(fmt.Errorf("the service announced %q: %w", service.Announcement, err), running.close())
	}
	running.Database, running.Limits = kept, limits.String()
	return running, nil
}

// announce says where the service is.
func (r serving) announce(s *session, format string) error {
	if format == "json" {
		return json.NewEncoder(s.stdout).Encode(r.announcement)
	}
	_, err := fmt.Fprintf(s.stdout, "service  %s\nadmin    %s (/metrics, /livez, /readyz, /version, /admin/check, …: go doc ./sut/httpapi Admin)\nstaff    curl -s -H 'Content-Type: application/json' -d '{\"role\":\"clerk\",\"subject\":\"clerk-7\",\"region\":\"420500\",\"seconds\":600}' %s/admin/tokens\ndatabase %s\ncitizen  id_no %s, pin %s (made up)\ntry      %s\n",
		r.URL, r.AdminURL, r.AdminURL, r.Database, r.Demo.IDNo, r.Demo.PIN, r.Demo.Curl)
	if err == nil && r.guard != "" {
		_, err = fmt.Fprintf(s.stdout, "guard    %s (/debug/guard of admin)\n", r.guard)
	}
	if err == nil && r.Limits != "" {
		_, err = fmt.Fprintf(s.stdout, "limits   %s for each container\n", r.Limits)
	}
	return err
}

// listenForHangups begins before what is served does: until somebody listens, SIGHUP ends the process and leaves behind what
// it has started. SIGHUP is for a guard; a service without one inside is stopped by it as by an interrupt.
func listenForHangups(guarded bool) (hangups chan os.Signal) {
	hangups = make(chan os.Signal, 1)
	if guarded || !signal.Ignored(syscall.SIGHUP) { // nohup has it ignored
		signal.Notify(hangups, syscall.SIGHUP)
	}
	return hangups
}

// wait waits for an interrupt, a hangup, or for the service to end by itself, which is an error.
func (r serving) wait(ctx context.Context, hangups <-chan os.Signal) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangups:
			if r.reread == nil {
				return nil
			}
			_ = r.reread() // the log says how it went
		case <-tick.C:
			if r.ended == nil {
				continue
			}
			if err := r.ended(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}
