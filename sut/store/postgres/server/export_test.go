package server

import (
	"context"
	"log/slog"
)

// What is tested without a server.
var (
	Newest       = newest
	WithDatabase = withDatabase
)

// StartBy starts a server by one way only.
func StartBy(ctx context.Context, name string, o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return map[string]way{"dsn": {"dsn", given}, "docker": {"docker", inDocker}, "host": {"host", onHost}}[name].take(ctx, o)
}
