package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/peakday/peakday/internal/bench/stats"
)

// Opponents are the programs the bench needs besides peakday, and where they were found.
type Opponents struct {
	Path    map[string]string // by name: the program
	Missing map[string]string // by name: why there is none
}

// An opponent comes from the Go proxy (Module set), from this module's tools (Package set), or from Debian.
type opponent struct {
	Name    string
	Version string // part of the file name in the cache: another version is built anew
	Module  string // for go install, without the version
	Package string // for go build in this module, whose go.mod has the version
	Debian  string // package
}

var opponents = []opponent{
	{Name: "wrk", Debian: "wrk"},
	{Name: "vegeta", Version: "v12.13.0", Package: "github.com/tsenart/vegeta/v12"},
	{Name: "k6", Version: "v1.8.1", Module: "go.k6.io/k6"},
	{Name: "fortio", Version: "v1.68.0", Module: "fortio.org/fortio"},
	{Name: "hey", Version: "v0.1.4", Module: "github.com/rakyll/hey"},
	{Name: "nginx", Debian: "nginx-light"},
}

// findOpponents builds and installs what is missing. Nothing missing is an error: the table names it.
func findOpponents(ctx context.Context, say func(string, ...any)) Opponents {
	o := Opponents{Path: map[string]string{}, Missing: map[string]string{}}
	for _, want := range opponents {
		find := built
		if want.Debian != "" {
			find = debian
		}
		path, err := find(ctx, want, say)
		if err != nil {
			o.Missing[want.Name] = err.Error()
			say("%s is left out: %v", want.Name, err)
			continue
		}
		o.Path[want.Name] = path
	}
	return o
}

// built is the program in the cache, built there when it is missing.
func built(ctx context.Context, o opponent, say func(string, ...any)) (string, error) {
	cache, err := stats.CacheDir()
	if err != nil {
		return "", err
	}
	program := filepath.Join(cache, o.Name+"-"+o.Version)
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	say("building %s %s, once", o.Name, o.Version)
	if o.Package != "" {
		return program, command{Args: []string{"go", "build", "-o", program, o.Package}, Core: -1}.run(ctx)
	}
	bin, err := os.MkdirTemp("", "peakday-bench-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(bin)
	install := command{Args: []string{"go", "install", o.Module + "@" + o.Version}, Env: []string{"GOBIN=" + bin}, Core: -1}
	if err := install.run(ctx); err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(bin, o.Name)) // a rename could cross file systems
	if err != nil {
		return "", err
	}
	return program, os.WriteFile(program, text, 0o755)
}

// debian is the program on the path, installed by root when it is missing.
func debian(ctx context.Context, o opponent, say func(string, ...any)) (string, error) {
	if path, err := exec.LookPath(o.Name); err == nil {
		return path, nil
	}
	if os.Getuid() != 0 {
		return "", fmt.Errorf("%s is not installed: apt-get install %s", o.Name, o.Debian)
	}
	say("installing %s from Debian", o.Debian)
	install := command{Args: []string{"apt-get", "install", "-y", "-qq", "--no-install-recommends", o.Debian}, Core: -1,
		Env: []string{"DEBIAN_FRONTEND=noninteractive"}}
	if err := install.run(ctx); err != nil {
		return "", err
	}
	return exec.LookPath(o.Name)
}

// run is measure for a command whose figures nobody wants.
func (c command) run(ctx context.Context) error {
	_, _, err := measure(ctx, c)
	return err
}
