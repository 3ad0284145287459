package container

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
)

// quiet silences testcontainers-go, which talks to stderr, and tells it not to pull a container that cleans up where
// sweep can do it. It knows no other way than its default logger and the environment.
var quiet = sync.OnceFunc(func() {
	log.SetDefault(log.NewNoopLogger())
	const name = "TESTCONTAINERS_RYUK_DISABLED"
	if _, set := os.LookupEnv(name); !set && owner() != "" {
		os.Setenv(name, "true") // fails for malformed names only
	}
})

// docker finds this machine's Docker.
func docker() (*testcontainers.DockerProvider, error) {
	quiet()
	found, err := testcontainers.NewDockerProvider(
		testcontainers.Generic2DockerOptions(testcontainers.WithLogger(log.NewNoopLogger()))...)
	if err != nil {
		return nil, fmt.Errorf("no Docker answers (%w): start it, or install it (Debian: apt-get install docker.io; others: docs.docker.com/engine/install)", err)
	}
	if host := found.Client().DaemonHost(); !strings.HasPrefix(host, "unix://") && !strings.HasPrefix(host, "npipe://") {
		return nil, fmt.Errorf("Docker at %s is on another machine: want one on this machine, so that no network is measured", host)
	}
	return found, nil
}

// Engine is the version of this machine's Docker, "20.10.24", or an error that says how to get one.
func Engine(ctx context.Context) (string, error) {
	found, err := docker()
	if err != nil {
		return "", err
	}
	defer found.Close()
	v, err := found.Client().ServerVersion(ctx, client.ServerVersionOptions{})
	if err != nil {
		return "", fmt.Errorf("asking Docker for its version: %w", err)
	}
	return v.Version, nil
}
