package container

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
)

// A Request describes a container as exec.Cmd describes a process.
type Request struct {
	Image  string            // pulled, without credentials, when this machine does not have it
	Args   []string          // for the image's entry point; nil means as the image says
	Env    map[string]string // beside the image's own
	Shared int64             // bytes of /dev/shm; 0 means Docker's 64 MB
	Grace  time.Duration     // from the signal to stop until Close kills, in whole seconds; 0 kills at once
	Stdout io.Writer         // nil drops what it says
	Stderr io.Writer         // nil drops what it says
	Limits
}

// A Container runs until Close.
type Container struct {
	docker client.APIClient
	run    testcontainers.Container
	image  string
	grace  time.Duration
	told   sync.WaitGroup // until all that it said was written
}

// Run starts a container in the network of this machine, after removing those of processes that were killed. It does not
// wait for the program to be ready. ctx bounds the start, which may pull the image.
func Run(ctx context.Context, r Request) (*Container, error) {
	if err := r.Limits.Validate(); err != nil {
		return nil, err
	}
	found, err := docker(ctx)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	if err := sweep(ctx, found.Client()); err != nil {
		return nil, err
	}
	if err := pull(ctx, found.Client(), r.Image); err != nil {
		return nil, err
	}
	c := &Container{docker: found.Client(), image: r.Image, grace: r.Grace}
	c.run, err = testcontainers.GenericContainer(ctx, testcontainers.GenericContainerRequest{
		ContainerRequest: r.request(),
		Started:          true,
		Logger:           log.NewNoopLogger(),
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("running %s in Docker: %w", r.Image, err), c.Close())
	}
	if err := c.follow(ctx, r.Stdout, r.Stderr); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// request says it in testcontainers' words.
func (r Request) request() testcontainers.ContainerRequest {
	t := testcontainers.ContainerRequest{
		Image:  r.Image,
		Cmd:    r.Args,
		Env:    r.Env,
		Labels: map[string]string{ownerLabel: owner()},
	}
	t.HostConfigModifier = func(h *container.HostConfig) {
		h.NetworkMode = network.NetworkHost
		h.NanoCPUs = int64(r.CPUs * 1e9)
		h.Memory, h.MemorySwap = r.Memory, r.Memory // equal: no swap beside it
		h.ShmSize = r.Shared
	}
	return t
}

// follow writes what the program says until it ends, which may be long after the end of ctx.
func (c *Container) follow(ctx context.Context, stdout, stderr io.Writer) error {
	if stdout == nil {
		stdout = io.Discard
	}
	if stderr == nil {
		stderr = io.Discard
	}
	logs, err := c.docker.ContainerLogs(context.WithoutCancel(ctx), c.run.GetContainerID(),
		client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true, Follow: true})
	if err != nil {
		return fmt.Errorf("following what %s says: %w", c.image, err)
	}
	c.told.Go(func() {
		defer logs.Close()
		_, _ = stdcopy.StdCopy(stdout, stderr, logs) // a log that cannot be written stops no service
	})
	return nil
}

// Ended is nil while the program runs, and then an error with its exit code and the last it said.
func (c *Container) Ended(ctx context.Context) error {
	seen, err := c.run.Inspect(ctx)
	if err != nil {
		return fmt.Errorf("asking Docker about %s: %w", c.image, err)
	}
	if seen.State.Running {
		return nil
	}
	why := fmt.Sprintf("exit code %d", seen.State.ExitCode)
	if seen.State.OOMKilled {
		why += ", killed for want of memory"
	}
	return fmt.Errorf("%s ended (%s); it said: %s", c.image, why, c.last(ctx))
}

// last is the end of what the container said, or a dash.
func (c *Container) last(ctx context.Context) string {
	logs, err := c.run.Logs(ctx)
	if err != nil {
		return "-"
	}
	defer logs.Close()
	said, _ := io.ReadAll(io.LimitReader(logs, 1<<20)) // as much as can be had
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	if text := strings.Join(lines[max(0, len(lines)-10):], "\n"); text != "" {
		return text
	}
	return "-"
}

// Close stops the container and removes it with its volumes.
func (c *Container) Close() error {
	// A failed start may have no container; testcontainers then gives a nil of its own type, which it takes.
	if err := testcontainers.TerminateContainer(c.run, testcontainers.StopTimeout(c.grace)); err != nil {
		return fmt.Errorf("removing the container of %s: %w", c.image, err)
	}
	c.told.Wait()
	return nil
}
