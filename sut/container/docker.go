package container

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
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
func docker(ctx context.Context) (*testcontainers.DockerProvider, error) {
	quiet()
	found, err := testcontainers.NewDockerProvider(
		testcontainers.Generic2DockerOptions(testcontainers.WithLogger(log.NewNoopLogger()))...)
	if err != nil {
		// testcontainers' own words take several lines and speak of places where it looked last.
		reason := strings.ReplaceAll(err.Error(), "\n", "; ")
		return nil, fmt.Errorf("no Docker answers at %s (%s): start it, let this user speak to it (group docker), or install it (Debian: apt-get install docker.io; others: docs.docker.com/engine/install)",
			cmp.Or(os.Getenv("DOCKER_HOST"), "unix:///var/run/docker.sock"), reason)
	}
	if err := shared(ctx, found.Client()); err != nil {
		return nil, errors.Join(err, found.Close())
	}
	return found, nil
}

// shared proves that containers can share the network of this process: Docker's bridge stands in it.
func shared(ctx context.Context, docker client.APIClient) error {
	bridge, err := docker.NetworkInspect(ctx, "bridge", client.NetworkInspectOptions{})
	if err != nil {
		return fmt.Errorf("asking Docker for its network: %w", err)
	}
	name := bridge.Network.Options["com.docker.network.bridge.name"]
	if _, err := net.InterfaceByName(name); err != nil {
		return fmt.Errorf("no interface %q of Docker (%s) here, as when it runs on another machine, in Docker Desktop or without root: want one on this machine, run by root", name, docker.DaemonHost())
	}
	return nil
}

// Engine is the version of this machine's Docker, "20.10.24", or an error that says how to get one.
func Engine(ctx context.Context) (string, error) {
	found, err := docker(ctx)
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
