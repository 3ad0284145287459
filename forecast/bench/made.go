package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
)

// binary is what the speed is of; make builds it.
const binary = "bin/peakday"

// speed is of 1,000 made series of 960 hours, with intervals and the maximum.
func (b bench) speed() (Part, error) {
	var p Part
	p.Tables = "1,000 made series of 960 hours, 48 ahead, with the interval of 95 % and the maximum.\n\n| tier | wall | CPU of all cores | peak memory |\n|---|---|---|---|\n"
	for _, tier := range b.tiers {
		u, err := batch(tier, 1000, 960, "--levels", "0.025,0.975")
		if err != nil {
			return p, err
		}
		p.Tables += fmt.Sprintf("| %s | %.1f s | %.1f s | %.0f MB |\n", tier.Name, u.wall.Seconds(), u.cpu.Seconds(), u.memory)
		must, ambition := atMost(10), atMost(3)
		if tier.Name == ensemble.Standard().Name {
			must, ambition = atMost(120), atMost(40)
		}
		p.Goals = append(p.Goals, Goal{"1,000 hourly series, " + tier.Name + " tier", must, ambition, u.wall.Seconds(), 0, "%.1f s"})
	}
	return p, nil
}

// many is of 100,000 series.
func (b bench) many() (Part, error) {
	u, err := batch(ensemble.Fast(), 100_000, 720)
	return Part{
		Tables: fmt.Sprintf("100,000 made series of 720 hours, 48 ahead, fast tier, through a pipe: %.0f s of wall, %.0f s of CPU, %.0f MB.\n", u.wall.Seconds(), u.cpu.Seconds(), u.memory),
		Goals: []Goal{
			{"100,000 series of 720 hours, fast tier", atMost(15), atMost(5), u.wall.Minutes(), 0, "%.1f min"},
			{"their peak memory", atMost(1000), atMost(400), u.memory, 0, "%.0f MB"},
		},
	}, err
}

// one is a single history with stamps, everything included: reading, forecast,
// intervals, explanation and the process that does it.
func (b bench) one() (Part, error) {
	const repeats = 5
	folder, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return Part{}, err
	}
	defer os.RemoveAll(folder)
	var text bytes.Buffer
	text.WriteString("time,requests\n")
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for t, v := range made(1, 960) {
		fmt.Fprintf(&text, "%s,%d\n", start.Add(time.Duration(t)*time.Hour).Format(time.DateTime), v)
	}
	name := filepath.Join(folder, "one.csv")
	if err := os.WriteFile(name, text.Bytes(), 0o600); err != nil {
		return Part{}, err
	}
	var walls []time.Duration
	for range repeats {
		u, err := measure(exec.Command(filepath.FromSlash(binary), "forecast", name))
		if err != nil {
			return Part{}, err
		}
		walls = append(walls, u.wall)
	}
	slices.Sort(walls)
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	return Part{
		Tables: fmt.Sprintf("`peakday forecast` of 960 made hours, from the start of the process to its end, %d times: %.0f to %.0f ms.\n", repeats, ms(walls[0]), ms(walls[repeats-1])),
		Goals:  []Goal{{"one series, everything included, median", atMost(1000), atMost(150), ms(walls[repeats/2]), 0, "%.0f ms"}},
	}, nil
}

// batch forecasts made series by peakday forecast --batch, piped into it.
func batch(tier ensemble.Tier, count, hours int, more ...string) (used, error) {
	folder, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return used{}, err
	}
	defer os.RemoveAll(folder)
	args := append([]string{"forecast", "--batch", "-", "--format", "m4", "--horizon", "48", "--season", "24,168", "--tier", tier.Name,
		"--out", filepath.Join(folder, "out.csv"), "--max-out", filepath.Join(folder, "max.csv")}, more...)
	command := exec.Command(filepath.FromSlash(binary), args...)
	in, err := command.StdinPipe()
	if err != nil {
		return used{}, err
	}
	go func() {
		defer in.Close()
		writeMade(in, count, hours) // if the command ends early it says why
	}()
	return measure(command)
}

func writeMade(w io.Writer, count, hours int) {
	out := bufio.NewWriter(w)
	for i := range count {
		fmt.Fprintf(out, "M%d", i+1)
		for _, v := range made(uint64(i+1), hours) {
			out.WriteByte(',')
			out.Write(strconv.AppendInt(out.AvailableBuffer(), int64(v), 10))
		}
		if out.WriteByte('\n') != nil {
			return
		}
	}
	out.Flush()
}

// made is traffic with days, weeks, a slow drift and noise.
func made(seed uint64, hours int) []int {
	rng := rand.New(rand.NewPCG(seed, 0))
	level, phase := 50*math.Exp(2*rng.Float64()), 24*rng.Float64()
	values := make([]int, hours)
	drift := 0.0
	for t := range values {
		drift = 0.98*drift + 0.03*rng.NormFloat64()
		v := level * (1 + 0.7*math.Sin(2*math.Pi*(float64(t)-phase)/day)) * math.Exp(drift+0.1*rng.NormFloat64())
		if t/day%7 >= 5 {
			v *= 0.6
		}
		values[t] = int(v)
	}
	return values
}

// used is what a process took.
type used struct {
	wall, cpu time.Duration
	memory    float64 // MB at its peak
}

func measure(command *exec.Cmd) (used, error) {
	var stderr bytes.Buffer
	command.Stderr = &stderr
	start := time.Now()
	if err := command.Run(); err != nil {
		return used{}, fmt.Errorf("%s: %w: %s; make build makes it", binary, err, stderr.String())
	}
	u := used{wall: time.Since(start), cpu: command.ProcessState.UserTime() + command.ProcessState.SystemTime()}
	if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok && runtime.GOOS == "linux" {
		u.memory = float64(usage.Maxrss) * 1024 / 1e6
	}
	return u, nil
}
