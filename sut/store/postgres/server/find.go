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

// places are where PostgreSQL's programs may be: first the one in PATH, and then where distributions keep them.
func places() []string {
	var dirs []string
	if postgres, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(postgres))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",            // Debian, which does not put them in PATH
		"/usr/pgsql-*/bin",                     // PostgreSQL's own packages for Red Hat and SUSE
		"/opt/homebrew/opt/postgresql@*/bin",   // Homebrew
		"/usr/local/opt/postgresql@*/bin",      // Homebrew on Intel
		"/Applications/Postgres.app/*/*/*/bin", // Postgres.app
	} {
		more, _ := filepath.Glob(pattern) // they are well-formed
		dirs = append(dirs, more...)
	}
	return dirs
}

// newest is the one of dirs with the newest initdb and postgres.
func newest(ctx context.Context, dirs []string) (string, error) {
	best, latest := "", 0
	var seen []string
	for _, dir := range dirs {
		version, err := major(ctx, dir)
		if err != nil {
			seen = append(seen, fmt.Sprintf("%s: %v", dir, err))
			continue
		}
		seen = append(seen, fmt.Sprintf("%s: version %d", dir, version))
		if version > latest {
			best, latest = dir, version
		}
	}
	if latest < leastVersion/10000 {
		found := strings.Join(seen, ", ")
		if found == "" {
			found = "none, in PATH or where distributions keep them"
		}
		return "", fmt.Errorf("want initdb and postgres of version 15 or later, found %s: install postgresql", found)
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
