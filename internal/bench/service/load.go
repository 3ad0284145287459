package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/peakday/peakday/internal/bench/stats"
)

// What the scenarios beside this file say too: their parts, and their timeout.
const (
	warmup   = 15 * time.Second
	measured = 10 * time.Second
	patience = 5 * time.Second
)

// A service is a peakday sut that runs.
type service struct {
	cmd    *exec.Cmd
	URL    string        `json:"url"`
	Admin  string        `json:"admin_url"`
	ready  time.Duration // from exec to the announcement
	stderr bytes.Buffer
	dir    string // of its database, on the disk of the temporary files
}

// serve starts a service on a fresh database. It does not outlive the bench.
func serve(ctx context.Context, b *bench, people int) (*service, error) {
	dir, err := os.MkdirTemp("", "peakday-bench-sut-")
	if err != nil {
		return nil, err
	}
	s := &service{dir: dir}
	s.cmd = exec.CommandContext(ctx, b.peakday, "sut", "--seed", "1", "--people", strconv.Itoa(people), "--db", filepath.Join(dir, "service.db"), "-o", "json")
	s.cmd.Stderr = &s.stderr
	runtime.LockOSThread() // for good: the death signal comes when the thread that forked ends
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	s.ready = time.Since(began)
	if err == nil {
		err = json.Unmarshal(line, s)
	}
	if err != nil {
		return nil, fmt.Errorf("the announcement of peakday sut: %w: %s", errors.Join(err, s.stop()), s.stderr.String())
	}
	return s, nil
}

func (s *service) stop() error {
	err := s.cmd.Process.Signal(os.Interrupt)
	s.cmd.Wait() // an interrupted service says so by its exit code
	return errors.Join(err, os.RemoveAll(s.dir))
}

// start measures how long a service takes until it serves.
func start(people int, key string) measurement {
	return func(ctx context.Context, b *bench) (map[string]float64, error) {
		s, err := serve(ctx, b, people)
		if err != nil {
			return nil, err
		}
		return map[string]float64{key: s.ready.Seconds()}, s.stop()
	}
}

// drive loads a fresh service with a scenario of this folder; read reckons the figures. Where it is profiled, the shares of
// the cryptography are among them.
func drive(scenario string, profiled bool, read func(load) map[string]float64) measurement {
	return func(ctx context.Context, b *bench) (figures map[string]float64, err error) {
		s, err := serve(ctx, b, 100_000)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, s.stop()) }()
		profile, taken := filepath.Join(s.dir, "cpu.pprof"), make(chan error, 1)
		go func() {
			if !profiled {
				taken <- nil
				return
			}
			taken <- takeProfile(ctx, s.Admin, profile)
		}()
		l, err := generate(ctx, b, scenario, s)
		if err := errors.Join(err, <-taken); err != nil {
			return nil, err
		}
		figures = read(l)
		if !profiled {
			return figures, nil
		}
		if figures["crypto"], err = shareOf(ctx, b.peakday, profile, `^crypto/`); err != nil {
			return nil, err
		}
		figures["crypto-signatures"], err = shareOf(ctx, b.peakday, profile, `^crypto/ed25519`)
		return figures, err
	}
}

// generate runs a scenario against a service, and reads the log of every attempt.
func generate(ctx context.Context, b *bench, scenario string, s *service) (l load, err error) {
	began, clock := time.Now(), stats.MachineClock()
	before, err := stats.CPUOf(s.cmd.Process.Pid)
	if err != nil {
		return l, err
	}
	out := filepath.Join(s.dir, "out")
	run := exec.CommandContext(ctx, b.peakday, "run", filepath.Join("service", scenario), "--target", s.URL, "--out", out, "-o", "json")
	said, err := run.Output()
	if err != nil && run.ProcessState.ExitCode() < 3 { // 3 to 5 are verdicts: a bench has no budgets
		return l, fmt.Errorf("%s: %w: %s", run, err, lastLines(said))
	}
	var summary struct{ Planned int }
	if err := json.Unmarshal(said, &summary); err != nil {
		return l, fmt.Errorf("the summary of %s: %w", run, err)
	}
	l.client = run.ProcessState.UserTime() + run.ProcessState.SystemTime()
	after, err := stats.CPUOf(s.cmd.Process.Pid)
	if err != nil {
		return l, err
	}
	l.service = after - before
	l.others = max(0, (stats.MachineClock().Busy-clock.Busy-l.client-l.service).Seconds()/time.Since(began).Seconds())
	log, err := exec.CommandContext(ctx, b.peakday, "encode", out, "--to", "csv").Output()
	if err != nil {
		return l, fmt.Errorf("peakday encode: %w", err)
	}
	l.attempts, err = readAttempts(bytes.NewReader(log))
	l.lost = max(0, summary.Planned-len(l.attempts))
	return l, err
}

// A load is what a run left.
type load struct {
	attempts        []attempt
	lost            int           // planned, and not in the log: never sent, or without an end
	client, service time.Duration // CPU, of warm-up and all
	others          float64       // cores that the rest of the machine used meanwhile
}

// An attempt is a request and its answer.
type attempt struct {
	due, latency time.Duration // due since the first one was
	good         bool
	op           string
}

// readAttempts reads peakday's log as its CSV, vegeta's: nanoseconds since 1970, status, nanoseconds, …, and in the eleventh
// column a URL with the operation behind #.
func readAttempts(r io.Reader) ([]attempt, error) {
	var all []attempt
	lines := csv.NewReader(r)
	lines.FieldsPerRecord, lines.ReuseRecord = -1, true
	first := int64(0)
	for {
		f, err := lines.Read()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if len(f) < 11 {
			return nil, fmt.Errorf("a result of %d columns, want 11", len(f))
		}
		due, err1 := strconv.ParseInt(f[0], 10, 64)
		status, err2 := strconv.Atoi(f[1])
		latency, err3 := strconv.ParseInt(f[2], 10, 64)
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, err
		}
		if len(all) == 0 {
			first = due
		}
		_, op, _ := strings.Cut(f[10], "#")
		all = append(all, attempt{time.Duration(due - first), time.Duration(latency), status >= 200 && status < 300, strings.Clone(op)})
	}
}

// rate is the good answers a second in the measured part.
func (l load) rate() float64 {
	n := 0
	for _, a := range l.attempts {
		if end := a.due + a.latency; a.good && end >= warmup && end < warmup+measured {
			n++
		}
	}
	return float64(n) / measured.Seconds()
}

// refused is the share of the measured part that got no good answer, in per cent; what was lost counts with it.
func (l load) refused() float64 {
	n, bad := l.lost, l.lost
	for _, a := range l.attempts {
		if a.due >= warmup {
			if n++; !a.good {
				bad++
			}
		}
	}
	return 100 * float64(bad) / float64(n)
}

// batch are the operations of many lines each, which the latency goal leaves out.
var batch = []string{"declarations.submit", "reconciliations.create"}

// latency is a quantile of the measured part over non-batch operations, by nearest rank, in milliseconds from when a
// request was due. A request without a good answer counts with the whole patience of the client, and so does one that was lost.
func (l load) latency(q float64) float64 {
	all := slices.Repeat([]time.Duration{patience}, l.lost)
	for _, a := range l.attempts {
		if a.due < warmup || slices.Contains(batch, a.op) {
			continue
		}
		if !a.good {
			a.latency = patience
		}
		all = append(all, a.latency)
	}
	if len(all) == 0 {
		return math.NaN()
	}
	slices.Sort(all)
	return all[max(0, int(math.Ceil(q*float64(len(all))))-1)].Seconds() * 1e3
}

func (l load) each(cpu time.Duration) float64 {
	return 1e6 * cpu.Seconds() / float64(len(l.attempts))
}

// takeProfile takes the CPU profile of the measured part.
func takeProfile(ctx context.Context, admin, file string) error {
	time.Sleep(warmup)
	request, err := http.NewRequestWithContext(ctx, "GET", fmt.Sprintf("%s/debug/pprof/profile?seconds=%d", admin, int(measured.Seconds())-1), nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the profile: %w", err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("the profile: status %d: %.100s", answer.StatusCode, body)
	}
	return errors.Join(err, os.WriteFile(file, body, 0o644))
}

// shareOf is the share of a profile's samples with such a function on their stack, in per cent.
func shareOf(ctx context.Context, binary, profile, functions string) (float64, error) {
	out, err := exec.CommandContext(ctx, "go", "tool", "pprof", "-top", "-nodefraction=0", "-edgefraction=0", "-nodecount=1000000", "-focus="+functions, binary, profile).Output()
	if err != nil {
		return 0, fmt.Errorf("go tool pprof: %w", err)
	}
	return readShare(out)
}

// showing is the line in which pprof says how much of the profile it kept.
var showing = regexp.MustCompile(`Showing nodes accounting for \S+, ([0-9.]+)% of \S+ total`)

func readShare(out []byte) (float64, error) {
	found := showing.FindSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("go tool pprof said no share: %.200s", out)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}
