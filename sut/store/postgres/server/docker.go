package server

import (
	"context"
	"crypto/rand"
	"net/url"

	"github.com/peakday/peakday/sut/container"
)

// port is where PostgreSQL listens in its container.
const port = 5432

// shared is /dev/shm of the container, in bytes. Queries in parallel keep their hash tables there, and Docker's own
// 64 MB end some of them with "could not resize shared memory segment".
const shared = 256 << 20

// inDocker runs an image that keeps the promises of the public one: POSTGRES_USER, POSTGRES_PASSWORD, and a command to
// follow.
func inDocker(ctx context.Context, o Options) (running, error) {
	password := rand.Text()
	said := &lines{log: o.Log}
	c, err := container.Run(ctx, container.Request{
		Image:  o.Image,
		Args:   append([]string{"postgres", "-c", "listen_addresses=*"}, settings(o.Limits.Memory)...),
		Env:    map[string]string{"POSTGRES_USER": superuser, "POSTGRES_PASSWORD": password},
		Ports:  []uint16{port},
		Shared: shared,
		Stdout: said,
		Stderr: said,
		Limits: o.Limits,
	})
	if err != nil {
		return running{}, err
	}
	dsn := func(addr string) string {
		u := url.URL{Scheme: "postgres", User: url.UserPassword(superuser, password), Host: addr, Path: "/postgres", RawQuery: "sslmode=disable"}
		return u.String()
	}
	return running{admin: dsn(c.Addr(port)), peer: dsn(c.PeerAddr(port)), ended: c.Ended, close: c.Close}, nil
}
