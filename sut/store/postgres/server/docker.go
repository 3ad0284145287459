package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"strconv"

	"github.com/peakday/peakday/sut/container"
)

// shared is /dev/shm of the container, in bytes. Queries in parallel keep their hash tables there, and Docker's own
// 64 MB end some of them with "could not resize shared memory segment".
const shared = 256 << 20

// inDocker runs an image that heeds what the public one does: three variables, and a command to follow.
func inDocker(ctx context.Context, o Options) (running, error) {
	addr, err := free()
	if err != nil {
		return running{}, err
	}
	password := rand.Text()
	said := &lines{log: o.Log}
	flags := []string{"postgres", "-c", "listen_addresses=" + addr.IP.String(), "-c", "port=" + strconv.Itoa(addr.Port)}
	c, err := container.Run(ctx, container.Request{
		Image: o.Image,
		Args:  append(flags, settings(o.Limits.Memory)...),
		Env: map[string]string{
			"POSTGRES_USER":        superuser,
			"POSTGRES_PASSWORD":    password,
			"POSTGRES_INITDB_ARGS": "--auth-host=scram-sha-256 --no-sync", // the public image trusts loopback, which is the machine's here
		},
		Shared: shared,
		Stdout: said,
		Stderr: said,
		Limits: o.Limits,
	})
	if err != nil {
		return running{}, err
	}
	dsn := url.URL{Scheme: "postgres", User: url.UserPassword(superuser, password), Host: addr.String(), Path: "/postgres", RawQuery: "sslmode=disable"}
	return running{admin: dsn.String(), ended: c.Ended, close: c.Close}, nil
}

// free is an address of loopback that nobody listens on at this moment. PostgreSQL does not choose a port of its own; if
// another is faster the server says so and ends.
func free() (*net.TCPAddr, error) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("looking for a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr), nil
}
