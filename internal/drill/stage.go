package drill

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/internal/child"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/gateway"
	"github.com/peakday/peakday/sut/store/postgres/server"
)

// A stage is the processes of one run.
type stage struct {
	drill    *Drill
	dir      string
	database string           // of the bundled service; empty where it keeps its own, in a container
	postgres *server.Server   // that was started for it
	children []*child.Process // the service first
}

func (s *stage) run(ctx context.Context, v scenarios.Variant, to Record) error {
	target, err := s.set(v)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	var watch sync.WaitGroup
	defer watch.Wait()
	defer cancel(nil)
	for _, c := range s.children {
		watch.Go(func() {
			select {
			case <-c.Exited():
				cancel(engine.Abort{Reason: fmt.Sprintf("the %s ended during the run (%v)", c.Name, c.State())})
			case <-ctx.Done():
			}
		})
	}
	d := s.drill
	options := d.Connections
	options.Target = target
	if options.Idle == 0 {
		options.Idle = d.Plan.Scenario.MaxInFlight
	}
	chosen, reason, err := Choose(d.Driver, options)
	if err != nil {
		return err
	}
	header := d.header(v, target)
	header.Notes = append(slices.Clone(header.Notes), s.site()...)
	header.Driver, header.DriverReason, header.Loops = chosen.Name(), reason, cmp.Or(d.Loops, Loops(d.Plan.Peak, runtime.NumCPU()))
	log := result.NewLog(to.Run)
	started := func(at time.Time) error {
		header.Started = at.UTC()
		if err := log.Header(header); err != nil || to.Results == nil {
			return err
		}
		return result.WriteEntriesHeader(to.Results, header)
	}
	end, err := engine.Engine{
		Driver:         chosen,
		Loops:          header.Loops,
		GCPercent:      gc(header.Driver),
		Warm:           d.Warm,
		Precision:      d.Precision,
		MaxLateness:    d.MaxLateness,
		UntilConverged: d.UntilConverged,
		Started:        started,
		Log:            log,
		Results:        to.Results,
		Progress:       d.Progress,
		Metrics:        d.Metrics,
		Secrets:        d.secrets,
		Abandon:        d.Abandon,
	}.Run(ctx, d.Plan)
	if err != nil {
		return err
	}
	cancel(nil)
	var proof sut.Report
	if d.Target == "" && s.database == "" {
		if proof, err = checkService(s.children[0].AdminURL); err != nil { // before it goes, and its database with it
			return err
		}
	}
	used, err := s.strike()
	if err != nil {
		end.Warnings = append(end.Warnings, err.Error())
	}
	end.Processes = append(end.Processes, used...)
	if d.Target == "" {
		if s.database != "" {
			if proof, err = sut.Check(context.Background(), s.database); err != nil {
				return fmt.Errorf("checking the database after the run: %w", err)
			}
		}
		prove(proof, end)
	}
	return log.End(*end)
}

// set starts what the variant needs and returns where to send.
func (s *stage) set(v scenarios.Variant) (target string, err error) {
	d := s.drill
	if target = d.Target; target == "" {
		service, err := child.Start("sut", s.environment(), s.serviceArgs()...)
		if err != nil {
			return "", err
		}
		s.children = append(s.children, service)
		target = service.URL
	}
	if !v.Guard {
		return target, nil
	}
	args, err := GuardArgs(d.Scenario, gateway.Limiter{Law: v.Law, Fixed: v.Limit}, filepath.Join(s.dir, "guard.yaml"))
	if err != nil {
		return "", err
	}
	guard, err := child.Start("guard", nil, append(args, "--upstream", target)...)
	if err != nil {
		return "", err
	}
	s.children = append(s.children, guard)
	return guard.URL, nil
}

// GuardArgs writes down what a guard may know, in file, and gives the flags that say so: the requests with their classes,
// the deadline, and by which header people differ. How large the service is, what it is said to do and what is expected of
// it stay out.
func GuardArgs(s scenarios.Scenario, l gateway.Limiter, file string) ([]string, error) {
	document, err := yaml.Marshal(guardConfig(s, l))
	if err == nil {
		err = os.WriteFile(file, document, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("telling the guard its routes: %w", err)
	}
	return []string{"--config", file}, nil
}

// guardConfig is the guard of a drill. All people of a drill come from one address, so they differ by what they log in
// with, or not at all.
func guardConfig(s scenarios.Scenario, l gateway.Limiter) gateway.Config {
	c := gateway.Config{
		Deadline: s.GoodWithin,
		Limiter:  l,
		Routes:   ServiceRoutes(),
		Identity: gateway.Identity{Subject: gateway.Header("Authorization")},
	}
	if len(s.Requests) > 0 {
		c.Routes = Routes(s)
	}
	return c
}

// strike stops the processes, the outermost first, and says what they used. A second call does nothing.
func (s *stage) strike() (used []result.Process, err error) {
	for i := len(s.children) - 1; i >= 0; i-- {
		process, stopped := s.children[i].Stop()
		used = append(used, process)
		err = errors.Join(err, stopped)
	}
	s.children = nil
	return used, err
}

// checkService asks the service to prove its database.
func checkService(adminURL string) (report sut.Report, err error) {
	answer, err := http.Get(adminURL + "/admin/check")
	if err != nil {
		return report, fmt.Errorf("asking the service to check its database: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode == http.StatusOK {
		err = json.Unmarshal(text, &report)
	} else if err == nil {
		err = errors.New(string(bytes.TrimSpace(text)))
	}
	if err != nil {
		return report, fmt.Errorf("the service could not check its database: %w", err)
	}
	return report, nil
}

// prove notes whether the database that the run left behind keeps its promises. The bundled service is a part of the
// instrument: if its money does not add up, what was measured on it means nothing.
func prove(report sut.Report, end *result.End) {
	for _, f := range report.Findings {
		if f.OK {
			end.Proofs = append(end.Proofs, f.String())
		} else {
			end.Invalid = append(end.Invalid, "ledger: "+f.String())
		}
	}
}
