package server

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// places are where distributions keep PostgreSQL's programs, which Debian does not put in PATH.
func places() []string {
	return []string{
		"/usr/lib/postgresql/*/bin",            // Debian
		"/usr/pgsql-*/bin",                     // PostgreSQL's own packages for Red Hat and SUSE
		"/opt/homebrew/opt/postgresql@*/bin",   // Homebrew
		"/usr/local/opt/postgresql@*/bin",      // Homebrew on Intel
		"/Applications/Postgres.app/*/*/*/bin", // Postgres.app
	}
}

// find is the directory of the newest initdb and postgres.
func find(ctx context.Context) (string, error) {
	var dirs []string
	if postgres, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(postgres))
	}
	for _, place := range places() {
		more, _ := filepath.Glob(place) // the patterns are well-formed
		dirs = append(dirs, more...)
	}
	best, newest := "", 0
	var seen []string
	for _, dir := range dirs {
		version, err := major(ctx, dir)
		if err != nil {
			seen = append(seen, fmt.Sprintf("%s: %v", dir, err))
			continue
		}
		seen = append(seen, fmt.Sprintf("%s: version %d", dir, version))
		if version > newest {
			best, newest = dir, version
		}
	}
	if newest < leastVersion/10000 {
		if seen == nil {
			seen = []string{"none"}
		}
		return "", fmt.Errorf("want initdb and postgres of version 15 or later in PATH or %s; found %s: install postgresql",
			strings.Join(places(), ", "), strings.Join(seen, ", "))
	}
	return best, nil
}

// major is the version of the programs in dir, 15.
func major(ctx context.Context, dir string) (int, error) {
	if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err != nil {
		return 0, err
	}
	said, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return 0, err
	}
	number := regexp.MustCompile(`PostgreSQL\) (\d+)`).FindSubmatch(said)
	if number == nil {
		return 0, fmt.Errorf("it calls itself %q", said)
	}
	return strconv.Atoi(string(number[1]))
}
