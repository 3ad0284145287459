package container

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
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
	Image  string            // pulled when this machine does not have it
	Args   []string          // for the image's entry point; nil means as the image says
	Env    map[string]string // beside the image's own
	Ports  []uint16          // TCP ports to be reached at Addr
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
	mapped map[uint16]string // port to address on this machine
	ip     netip.Addr        // in Docker's network
	told   sync.WaitGroup    // until all that it said was written
}

// Run starts a container, after removing those of processes that were killed. It does not wait for the program to be
// ready. ctx bounds the start, which may pull the image.
func Run(ctx context.Context, r Request) (*Container, error) {
	if err := r.Limits.Validate(); err != nil {
		return nil, err
	}
	found, err := docker()
	if err != nil {
		return nil, err
	}
	defer found.Close()
	if err := sweep(ctx, found.Client()); err != nil {
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
	if err := c.locate(ctx, r.Ports); err != nil {
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
	bound := network.PortMap{}
	for _, p := range r.Ports {
		port := tcp(p)
		t.ExposedPorts = append(t.ExposedPorts, port.String())
		bound[port] = []network.PortBinding{{HostIP: netip.AddrFrom4([4]byte{127, 0, 0, 1})}}
	}
	t.HostConfigModifier = func(h *container.HostConfig) {
		h.PortBindings = bound
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

// tcp is a port in Docker's words.
func tcp(port uint16) network.Port {
	p, _ := network.PortFrom(port, network.TCP) // its false means a protocol without a name
	return p
}

// locate asks where the ports are. Docker may have started the container some moments before it knows.
func (c *Container) locate(ctx context.Context, ports []uint16) error {
	for {
		seen, err := c.run.Inspect(ctx)
		if err != nil {
			return fmt.Errorf("asking Docker where %s listens: %w", c.image, err)
		}
		c.mapped = map[uint16]string{}
		for _, p := range ports {
			for _, b := range seen.NetworkSettings.Ports[tcp(p)] {
				c.mapped[p] = net.JoinHostPort(b.HostIP.String(), b.HostPort)
			}
		}
		for _, n := range seen.NetworkSettings.Networks {
			c.ip = n.IPAddress
		}
		if len(c.mapped) == len(ports) && (c.ip.IsValid() || len(ports) == 0) {
			return nil
		}
		if err := c.Ended(ctx); err != nil {
			return err
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("waiting for Docker to map the ports of %s: %w", c.image, err)
		}
	}
}

// pause lets a moment pass.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(20 * time.Millisecond):
		return nil
	}
}

// Addr is where this machine reaches a port of the request, "127.0.0.1:49153".
func (c *Container) Addr(port uint16) string { return c.mapped[port] }

// PeerAddr is where other containers reach any port, "172.17.0.2:5432".
func (c *Container) PeerAddr(port uint16) string {
	return net.JoinHostPort(c.ip.String(), strconv.Itoa(int(port)))
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
