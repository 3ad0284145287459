package sweep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/internal/child"
	"github.com/peakday/peakday/internal/drill"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/gateway"
)

// A Service is the bundled service as a sweep sets it up: Workers of Hold each, scattered by Spread, with a queue.
type Service struct {
	Store   string        // sut.SQLite or sut.Postgres
	Workers int           // > 0
	Hold    time.Duration // mean
	Spread  float64       // as sut.Profile has it
	Queue   int
	People  int
}

// Reference is the service that the laws are measured on: 32 workers of 0.8 s, 40 answers a second. Its holds stand for a
// slow database; a queue of 1,088 is 27.2 s of work, with which it answers after 28 s when it is overloaded.
func Reference() Service {
	return Service{Store: sut.SQLite, Workers: 32, Hold: 800 * time.Millisecond, Spread: 0.2, Queue: 1088, People: 100_000}
}

// String says what it is, for reports.
func (s Service) String() string {
	scatter := "each"
	if s.Spread > 0 {
		scatter = fmt.Sprintf("on average, log-normal with σ = %g", s.Spread)
	}
	return fmt.Sprintf("the reference service on %s: %d workers held %v %s, a queue of %d", s.Store, s.Workers, s.Hold, scatter, s.Queue)
}

// A drive is one run of the generator against a fresh stage.
type drive struct {
	scenario    scenarios.Scenario
	variant     Variant
	change      float64
	changeAfter time.Duration // the start of the generator; 0 is never
}

// A driven is what came of it.
type driven struct {
	run     *result.Run
	entries []result.Entry
	cpu     CPU
	changed time.Duration // from the first arrival: when the service was changed
	wait    Figure        // worker wait p99 of the bundled service
}

// drive sets a stage, has the generator drive it and strikes it.
func (s *Sweep) drive(ctx context.Context, d drive) (out driven, err error) {
	dir, err := os.MkdirTemp(s.dir, "cell-")
	if err != nil {
		return out, err
	}
	defer os.RemoveAll(dir)
	target, service, err := s.serve(ctx, dir, d.scenario.Seed)
	if err != nil {
		return out, err
	}
	var guard *child.Process
	out.wait = Figure(none())
	defer func() {
		if guard != nil {
			used, _ := guard.Kill() // one that ended before has failed the cell already
			out.cpu.Guard = used.CPUSeconds
		}
		if service != nil {
			used, _ := service.Kill()
			out.cpu.Service = used.CPUSeconds
		}
		if out.run != nil && out.run.End != nil {
			out.cpu.Guard /= out.run.End.Seconds
			out.cpu.Service /= out.run.End.Seconds
		}
	}()
	if guard, err = protect(d.variant, d.scenario, target, dir); err != nil {
		return out, err
	}
	if guard != nil {
		target = guard.URL
	}
	var at time.Time
	var unchanged error
	var changing sync.WaitGroup
	defer changing.Wait()
	running, stop := context.WithCancel(ctx)
	defer stop()
	if d.changeAfter > 0 {
		changing.Go(func() { at, unchanged = s.changeHold(running, service.AdminURL, d) })
	}
	if out.run, out.entries, err = s.generate(ctx, d.scenario, target, dir); err != nil {
		return out, err
	}
	stop()
	if changing.Wait(); unchanged != nil {
		return out, unchanged
	}
	out.changed = at.Sub(out.run.Header.Started)
	for _, p := range []*child.Process{service, guard} {
		if p != nil && p.State() != nil {
			return out, fmt.Errorf("%s ended during the run (%v)", p.Name, p.State())
		}
	}
	if service != nil {
		if out.wait, err = workerWait(service.AdminURL); err != nil {
			return out, err
		}
	}
	if end := out.run.End; end != nil {
		out.cpu.Generator = end.Generator.CPUSeconds / end.Seconds
	}
	return out, nil
}

// serve starts the bundled service, unless there is a target.
func (s *Sweep) serve(ctx context.Context, dir string, seed uint64) (target string, service *child.Process, err error) {
	if s.Target != "" {
		return s.Target, nil, nil
	}
	database := filepath.Join(dir, "service.db")
	if s.postgres != nil {
		if database, err = s.postgres.Database(ctx); err != nil {
			return "", nil, err
		}
	}
	c := s.Service
	service, err = child.Start("sut", []string{sut.DatabaseVariable + "=" + database},
		"--profile", "legacy-2018", "--workers", fmt.Sprint(c.Workers), "--hold", c.Hold.String(), "--hold-spread", fmt.Sprint(c.Spread), "--queue", fmt.Sprint(c.Queue),
		"--people", fmt.Sprint(c.People), "--seed", fmt.Sprint(seed), "--keys", filepath.Join(dir, "service.keys"))
	if err != nil {
		return "", nil, err
	}
	return service.URL, service, nil
}

// protect puts the variant before the target; nil if it is none.
func protect(v Variant, sc scenarios.Scenario, target, dir string) (*child.Process, error) {
	switch {
	case len(v.Command) > 0:
		return child.StartCommand(v.Name, exec.Command(v.Command[0], append(v.Command[1:len(v.Command):len(v.Command)], "--upstream", target)...))
	case v.Law == "":
		return nil, nil
	}
	args, err := drill.GuardArgs(sc, gateway.Limiter{Law: v.Law, Fixed: v.Limit, Seed: v.Seed, Most: v.Most}, filepath.Join(dir, "guard.yaml"))
	if err != nil {
		return nil, err
	}
	return child.Start("guard", nil, append(args, "--upstream", target)...)
}

// generate drives a scenario with `peakday run` and reads what it wrote.
func (s *Sweep) generate(ctx context.Context, sc scenarios.Scenario, target, dir string) (*result.Run, []result.Entry, error) {
	document, err := scenarios.Marshal(sc)
	if err != nil {
		return nil, nil, err
	}
	name, out := filepath.Join(dir, "cell.yaml"), filepath.Join(dir, "out")
	if err := os.WriteFile(name, document, 0o600); err != nil {
		return nil, nil, err
	}
	args := []string{"run", name, "--target", target, "--out", out, "--max-lateness", s.MaxLateness.String()}
	for _, host := range s.Allow {
		args = append(args, "--allow-target", host)
	}
	if _, err := child.Run(ctx, args...); err != nil {
		return nil, nil, err
	}
	f, err := os.Open(filepath.Join(out, cellName+".run"))
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	run, err := result.Read(f.Name(), f)
	if err != nil {
		return nil, nil, err
	}
	if run.End == nil {
		return nil, nil, errors.New("the run was cut off")
	}
	attempts, err := os.Open(filepath.Join(out, cellName+".results"))
	if err != nil {
		return nil, nil, err
	}
	defer attempts.Close()
	_, all, err := result.ReadEntries(attempts.Name(), attempts)
	if err != nil {
		return nil, nil, err
	}
	var entries []result.Entry
	for e, err := range all {
		if err != nil {
			return nil, nil, err
		}
		entries = append(entries, e)
	}
	return run, entries, nil
}

// changeHold waits for the middle of the storm, changes the service's hold and says when that was.
func (s *Sweep) changeHold(ctx context.Context, adminURL string, d drive) (at time.Time, err error) {
	wait := time.NewTimer(d.changeAfter)
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return at, errors.New("the run ended before the service was changed")
	case <-wait.C:
	}
	at = time.Now()
	body := fmt.Sprintf(`{"seconds": %g}`, s.Service.Hold.Seconds()*d.change)
	answer, err := http.Post(adminURL+"/admin/hold", "application/json", strings.NewReader(body))
	if err != nil {
		return at, fmt.Errorf("changing the service: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return at, fmt.Errorf("changing the service: it answered %s", answer.Status)
	}
	return at, nil
}

// workerWait reads the p99 of the wait for a worker from the service's metrics: the bound of the bucket that holds it.
func workerWait(adminURL string) (Figure, error) {
	answer, err := http.Get(adminURL + "/metrics")
	if err != nil {
		return 0, fmt.Errorf("reading the service's metrics: %w", err)
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(answer.Body); err != nil {
		return 0, fmt.Errorf("reading the service's metrics: %w", err)
	}
	return bucketQuantile(text.String(), "peakday_sut_worker_wait_seconds", 0.99), nil
}

// bucketQuantile is the upper bound of the bucket in which the q-quantile of a histogram of Prometheus lies.
func bucketQuantile(metrics, name string, q float64) Figure {
	total := 0.0
	if _, after, ok := strings.Cut(metrics, "\n"+name+"_count "); ok {
		fmt.Sscan(after, &total)
	}
	for line := range strings.Lines(metrics) {
		var count, bound float64
		if rest, ok := strings.CutPrefix(line, name+`_bucket{le="`); ok && total > 0 {
			if n, _ := fmt.Sscanf(rest, `%g"} %g`, &bound, &count); n == 2 && count >= q*total {
				return Figure(bound)
			}
		}
	}
	return Figure(none())
}
